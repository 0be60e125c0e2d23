// A checked policy as Rego modules: one for each entry of `tools`, and one for the server.
import { type CustomModule, modulesOf } from '../custom/custom-module.ts';
import type { Policy } from '../model/policy.ts';
import type { RegoModule } from '../opa/run-opa.ts';
import { joinCustom, printCustom } from './custom-rego.ts';
import { ALONE, type EntryRego, printEntry } from './entry-rego.ts';
import { generatedMark } from './generated-mark.ts';
import { createModulePaths } from './print/module-paths.ts';
import { joinBlocks, printMetadata } from './print/print-rego.ts';
import { joinRef } from './print/rego-text.ts';
import { findCommonEntry, printServer } from './server-rego.ts';

/** Equal policies give equal modules, in one order. `custom` are the hand-written ones that they name. */
export function generateModules(
  policies: readonly Policy[],
  custom: readonly CustomModule[] = [],
): RegoModule[] {
  const paths = createModulePaths();
  const modules = policies.flatMap((policy) => [
    printServerModule(policy, modulesOf(policy, custom), paths('regent/servers', [policy.server])),
    ...(policy.custom === null
      ? []
      : [printCustomModule(policy, custom, paths('regent/custom_rules', [policy.server]))]),
    ...policy.tools
      .filter((entry) => entry !== findCommonEntry(policy))
      .map((entry): RegoModule => {
        const kind = entry.name.isGlob ? 'globs' : 'tools';
        const name = entry.name.text;
        const rego = printEntry(policy, entry, ALONE);
        return {
          path: paths(`regent/${kind}`, [policy.server, name]),
          text: printModule({
            rego: { ...rego, text: joinBlocks(['registered := true', rego.text]) },
            file: entry.position.file,
            title: name,
            description: `${entry.name.isGlob ? 'Tools that match' : 'The tool'} ${name} of the server ${policy.server}.`,
            packageRef: joinRef(`regent.${kind}`, [policy.server, name]),
          }),
        };
      }),
  ]);
  return modules.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function printServerModule(policy: Policy, custom: readonly CustomModule[], path: string): RegoModule {
  const { server } = policy;
  const text = printModule({
    rego: printServer(policy, joinCustom(custom, customRef(policy))),
    file: policy.file,
    title: server,
    description: `What holds for every tool of the server ${server}.`,
    packageRef: joinRef('regent.servers', [server]),
  });
  return { path, text };
}

function customRef({ server }: Policy): string {
  return joinRef('regent.custom_rules', [server]);
}

function printCustomModule(policy: Policy, all: readonly CustomModule[], path: string): RegoModule {
  const counters = policy.custom?.counters ?? [];
  const text = printModule({
    rego: printCustom({ modules: modulesOf(policy, all), counters }),
    file: policy.file,
    title: policy.server,
    description: `What hand-written rules say of calls of the server ${policy.server}.`,
    packageRef: customRef(policy),
  });
  return { path, text };
}

interface ModuleText {
  readonly rego: EntryRego;
  readonly file: string;
  readonly title: string;
  readonly description: string;
  readonly packageRef: string;
}

function printModule({ rego, file, title, description, packageRef }: ModuleText): string {
  const declared = `${printMetadata({ title, description: [description], source: null })}\npackage ${packageRef}`;
  return `${joinBlocks([generatedMark(file), declared, rego.imports, rego.text])}\n`;
}
