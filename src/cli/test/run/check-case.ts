// Checks a case against the policies that it is for: which server is called, and whether its counters exist.
import { suggestWord } from '../../../../compiler/check/suggest.ts';
import type { Diagnostic } from '../../../../compiler/model/diagnostic.ts';
import type { CounterPlan } from '../../../../compiler/model/manifest.ts';
import { quoteText } from '../../../../compiler/parse/quote-text.ts';
import type { LoadedPolicy } from '../../../policy/bundle/load-bundle.ts';
import type { TestCase } from '../cases/test-case.ts';
import { problemAt } from './suite-problem.ts';

/** A case that can be run. */
export interface FittedCase {
  readonly testCase: TestCase;
  readonly server: string;
  readonly counters: ReadonlyArray<{
    readonly key: string;
    readonly value: number;
    readonly plan: CounterPlan;
  }>;
}

export function fitCase(
  testCase: TestCase,
  policy: Pick<LoadedPolicy, 'servers' | 'countersOf'>,
): FittedCase | { readonly problems: readonly Diagnostic[] } {
  // Cases stand beside policies in YAML, which name their servers; a bundle that names none has no cases.
  const server = chooseServer(testCase, policy.servers ?? []);
  if (typeof server !== 'string') return { problems: [server] };
  const plans = policy.countersOf(server);
  const problems: Diagnostic[] = [];
  const counters = testCase.counters.flatMap(({ key, value, position }) => {
    const plan = plans.find((one) => isMember(key, one));
    if (plan !== undefined) return [{ key, value, plan }];
    const message = `no rule keeps a counter ${quoteText(key)}`;
    problems.push(problemAt('unknown-counter', position, message, suggestCounter(key, plans)));
    return [];
  });
  return problems.length > 0 ? { problems } : { testCase, server, counters };
}

function chooseServer({ server, position }: TestCase, servers: readonly string[]): string | Diagnostic {
  const [only] = servers;
  if (server === null) {
    if (only !== undefined && servers.length === 1) return only;
    const message = `the policies name several servers (${servers.join(', ')})`;
    return problemAt('unknown-server', position, message, 'say which under server');
  }
  if (servers.includes(server.text)) return server.text;
  const message = `the policies have no server ${quoteText(server.text)}`;
  return problemAt('unknown-server', server.position, message, suggestWord(server.text, servers) ?? null);
}

/** As the host composes the key (compiler/model/counter-key.ts): one for each currency, and for each `per` value. */
function isMember(key: string, { base, currency, per }: CounterPlan): boolean {
  if (!key.startsWith(base)) return false;
  const rest = key.slice(base.length);
  const form = `^${currency === null ? '' : '/[A-Z0-9]{2,12}'}${per === null ? '' : '@[^]+'}$`;
  return new RegExp(form).test(rest);
}

function suggestCounter(key: string, plans: readonly CounterPlan[]): string | null {
  const family = plans.find(({ base }) => key.startsWith(base) && /^$|^[/@]/.test(key.slice(base.length)));
  const bases = plans.map(({ base }) => base);
  if (family === undefined) return suggestWord(key, bases) ?? null;
  const { base, currency, per } = family;
  return `write ${base}${currency === null ? '' : '/CURRENCY'}${per === null ? '' : `@${per.by.toUpperCase()}`}`;
}
