// Failures for people: known ones on one line each, unknown ones whole.
import { CommanderError } from 'commander';
import { formatDiagnostic } from '../../compiler/model/diagnostic.ts';
import { OpaError } from '../../compiler/opa/run-opa.ts';
import { PolicyError } from '../policy/policy-error.ts';
import { StateError } from '../state/store.ts';
import { TransportError } from '../transport/transport.ts';
import { CliError } from './cli-error.ts';
import { whySqliteFails } from './installation.ts';
import { PolicyProblems } from './policy/policy-problems.ts';
import { ScanError } from './scan/scan-error.ts';
import { ConfigProblems } from './settings/config-problems.ts';

/** Prints the failure to stderr; the exit code it stands for (design section 10). */
export function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof PolicyProblems || error instanceof ConfigProblems) {
    for (const diagnostic of error.diagnostics) console.error(formatDiagnostic(diagnostic));
    console.error(`regent: ${error.message}; nothing was started`);
    return 2;
  }
  if (error instanceof CliError) {
    console.error(`regent: ${error.message}`);
    return error.exitCode;
  }
  if (
    error instanceof OpaError ||
    error instanceof PolicyError ||
    error instanceof StateError ||
    error instanceof ScanError ||
    error instanceof TransportError
  ) {
    console.error(`regent: ${error.message}`);
    return 2;
  }
  const why = whySqliteFails(error);
  if (why !== null) {
    console.error(`regent: ${why}`);
    return 2;
  }
  console.error('regent: unexpected failure; please report it with this text:');
  console.error(error);
  return 2;
}
