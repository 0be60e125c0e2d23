// Which server each file speaks of, and what `--server` makes of it.
import type { Placed } from './read-names.ts';
import type { PolicyPart } from './read-policy.ts';

/** Where neither a file nor the command says a name. */
const DEFAULT_SERVER = 'main';

/**
 * The server of each part. `wanted` is that of files that name none, and replaces the name that all others share. Files of
 * several servers keep theirs: joined, what one of them lists would be allowed on the server of another.
 */
export function nameServers(parts: readonly PolicyPart[], wanted: string | undefined): string[] {
  const said = parts.flatMap(({ server }) => server ?? []);
  const others = said.filter(({ value }) => value !== said[0]?.value);
  const names = parts.map(({ server }) => {
    if (others.length === 0) return wanted ?? server?.value ?? DEFAULT_SERVER;
    return server?.value ?? wanted ?? DEFAULT_SERVER;
  });
  const [other] = others;
  if (wanted !== undefined && other !== undefined && !names.includes(wanted))
    reportUnknown(wanted, other, names);
  return names;
}

function reportUnknown(wanted: string, { position, scope }: Placed<string>, names: readonly string[]): void {
  scope.problem(
    'contradiction',
    position,
    `--server ${wanted} cannot stand for several servers (${[...new Set(names)].join(', ')})`,
    'give the files of one server, or --server with one of these names',
  );
}
