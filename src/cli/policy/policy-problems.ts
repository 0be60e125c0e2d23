// A policy file has problems; they are all there, in file order.
import type { Diagnostic } from '../../../compiler/model/diagnostic.ts';

export class PolicyProblems extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(`the policy has ${diagnostics.length} ${diagnostics.length === 1 ? 'problem' : 'problems'}`);
    this.name = 'PolicyProblems';
    this.diagnostics = diagnostics;
  }
}
