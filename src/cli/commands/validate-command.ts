// `regent validate`: every problem of the policies, compiled to the end so that nothing is left for later.
import { formatDiagnostic } from '../../../compiler/model/diagnostic.ts';
import { chooseOpa } from '../policy/choose-opa.ts';
import { PolicyProblems } from '../policy/policy-problems.ts';
import { compileSources, readSources } from '../policy/policy-sources.ts';
import { printOut } from '../print-out.ts';

export interface ValidateFlags {
  readonly policy: readonly string[];
  readonly server?: string;
  readonly opa?: string;
}

/** Problems go to stdout; exit code 1 then. */
export async function validatePolicies({ policy, server, opa }: ValidateFlags): Promise<void> {
  const sources = await readSources(policy);
  try {
    await compileSources(sources, server ?? null, await chooseOpa(opa));
    for (const { name } of sources) printOut(`${name}: no problems\n`);
  } catch (error) {
    if (!(error instanceof PolicyProblems)) throw error;
    for (const diagnostic of error.diagnostics) printOut(`${formatDiagnostic(diagnostic)}\n`);
    console.error(`regent: ${error.message}`);
    process.exitCode = 1;
  }
}
