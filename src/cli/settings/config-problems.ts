// Problems of regent.yaml, all at once.
import type { Diagnostic } from '../../../compiler/model/diagnostic.ts';

export class ConfigProblems extends Error {
  /** In file order. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(`the config file has ${diagnostics.length} ${diagnostics.length === 1 ? 'problem' : 'problems'}`);
    this.name = 'ConfigProblems';
    this.diagnostics = diagnostics;
  }
}
