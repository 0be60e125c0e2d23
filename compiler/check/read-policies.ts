// From the texts of policy files to checked policies, one for each server, with every problem of all of them.

import type { RegoFile, RegoSource } from '../model/custom-rego.ts';
import { type Diagnostic, sortDiagnostics } from '../model/diagnostic.ts';
import type { Policy } from '../model/policy.ts';
import { uniqueBy } from '../model/unique-by.ts';
import { parseYaml } from '../parse/parse-yaml.ts';
import { joinParts } from './join-parts.ts';
import { nameServers } from './name-servers.ts';
import type { PatternUse } from './policy-uses.ts';
import { type PolicyPart, readPolicyPart } from './read-policy.ts';
import { createScope } from './report.ts';

export type { PatternUse };

export interface PolicyFile {
  /** As the user gave it: diagnostics bear it. */
  readonly name: string;
  readonly text: string;
  /** What stands behind the items of its `rego`; see `listRego`. */
  readonly rego?: readonly RegoSource[];
}

export interface PoliciesRead {
  /** Only to be used where there are no diagnostics. */
  readonly policies: readonly Policy[];
  /** In file order. */
  readonly diagnostics: readonly Diagnostic[];
  /** RE2 expressions, to be checked by OPA. */
  readonly patterns: readonly PatternUse[];
  /** Hand-written modules, each once, to be checked by OPA; there with diagnostics too. */
  readonly modules: readonly RegoFile[];
}

/** `server` replaces the name that the files give; files of several servers keep theirs. Never throws. */
export function readPolicies(
  files: readonly PolicyFile[],
  { server }: { readonly server?: string },
): PoliciesRead {
  const diagnostics: Diagnostic[] = [];
  const patterns: PatternUse[] = [];
  const parts: PolicyPart[] = [];
  for (const { name, text, rego = [] } of files) {
    const { root, diagnostics: syntax } = parseYaml(name, text);
    for (const problem of syntax) diagnostics.push(problem);
    if (root === null) continue;
    const part = readPolicyPart(name, root, { scope: createScope(diagnostics), patterns, rego });
    if (part !== undefined) parts.push(part);
  }
  const policies = joinByServer(parts, nameServers(parts, server));
  return {
    policies,
    diagnostics: sortDiagnostics(diagnostics, fileNames(files)),
    patterns,
    modules: uniqueBy(
      policies.flatMap(({ custom }) => custom?.files ?? []),
      ({ name }) => name,
    ),
  };
}

/** In the order in which problems are told: hand-written modules follow their policy. */
export function fileNames(files: readonly PolicyFile[]): string[] {
  return files.flatMap(({ name, rego = [] }) => [
    name,
    ...rego.flatMap((source) => source.files.map((file) => file.name)),
  ]);
}

/** `servers` are those of the parts, one for each. */
function joinByServer(parts: readonly PolicyPart[], servers: readonly string[]): Policy[] {
  return [...new Set(servers)].map((server) =>
    joinParts(
      server,
      parts.filter((_, index) => servers[index] === server),
    ),
  );
}
