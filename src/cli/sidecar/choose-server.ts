// Which of the policy's servers this sidecar stands in front of.
import type { LoadedPolicy } from '../../policy/bundle/load-bundle.ts';
import { CliError } from '../cli-error.ts';

/** Where neither the policy nor the command says a name. */
const DEFAULT_SERVER = 'main';

/** `wanted` is --server. Throws `CliError` where the policy leaves it open, or does not know the name. */
export function chooseServer({ servers }: LoadedPolicy, wanted: string | null): string {
  if (servers === null) return wanted ?? DEFAULT_SERVER;
  const [only, ...others] = servers;
  if (wanted !== null) {
    if (servers.includes(wanted)) return wanted;
    throw new CliError(`the policy has no server ${JSON.stringify(wanted)}; it has ${servers.join(', ')}`);
  }
  if (only !== undefined && others.length === 0) return only;
  throw new CliError(
    `the policies name several servers (${servers.join(', ')}); say which with --server NAME`,
  );
}
