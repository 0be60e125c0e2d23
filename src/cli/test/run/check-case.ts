// Checks a case against the policies that it is for: which server is called, and whether its counters exist.
import { suggestWord } from '../../../../compiler/check/suggest.ts';
import type { Diagnostic } from '../../../../compiler/model/diagnostic.ts';
import type { CounterPlan } from '../../../../compiler/model/manifest.ts';
import { quoteText } from '../../../../compiler/parse/quote-text.ts';
import type { LoadedPolicy } from '../../../policy/load-bundle.ts';
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
  policy: LoadedPolicy,
): FittedCase | { readonly problems: readonly Diagnostic[] } {
  const server = chooseServer(testCase, policy.servers ?? []);
  if (typeof server !== 'string') return { problems: [server] };
  const plans = policy.countersOf(server);
  const problems: Diagnostic[] = [];
  const counters = testCase.counters.flatMap(({ key, value, position }) => {
    const plan = plans.find(({ base }) => isMember(key, base));
    if (plan !== undefined) return [{ key, value, plan }];
    const bases = plans.map(({ base }) => base);
    const message = `no rule keeps a counter ${quoteText(key)}`;
    problems.push(problemAt('unknown-counter', position, message, suggestWord(key, bases) ?? null));
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

/** The family's own key, or one of a currency or a `per` value (compiler/model/counter-key.ts). */
function isMember(key: string, base: string): boolean {
  return key.startsWith(base) && /^$|^[/@]/.test(key.slice(base.length));
}
