// Compiles in a thread of its own, so that calls go on meanwhile; OPA itself runs in a process of its own anyway.
import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Diagnostic } from '../../../compiler/model/diagnostic.ts';
import { OpaError, type OpaErrorCode } from '../../../compiler/opa/run-opa.ts';
import { packageRoot } from '../../../compiler/package-root.ts';
import type { PolicySource } from '../../policy/bundle/bundle-cache.ts';
import { PolicyProblems } from './policy-problems.ts';

export interface AsideRequest {
  readonly sources: readonly PolicySource[];
  readonly server: string | null;
  /** The `opa` that builds in place of the built-in one; null for that. */
  readonly opa: string | null;
}

export interface AsideBundle {
  readonly bundle: Uint8Array;
  /** Of the binary that built it; null for the built-in OPA. */
  readonly opaIdentity: string | null;
}

/** Errors keep neither class nor code from thread to thread. */
export type AsideAnswer =
  | (AsideBundle & { readonly kind: 'bundle' })
  | { readonly kind: 'problems'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'opa'; readonly code: OpaErrorCode; readonly message: string };

/** Throws `PolicyProblems` and `OpaError`, as compiling here would. */
export async function compileAside(request: AsideRequest): Promise<AsideBundle> {
  const program = path.join(packageRoot(), 'dist', 'src', 'cli', 'policy', 'compile-worker.js');
  const worker = new Worker(program, { workerData: request });
  // A thread that fails otherwise rejects this.
  const [answer] = (await once(worker, 'message')) as [AsideAnswer];
  switch (answer.kind) {
    case 'bundle':
      return answer;
    case 'problems':
      throw new PolicyProblems(answer.diagnostics);
    case 'opa':
      throw new OpaError(answer.code, answer.message);
  }
}
