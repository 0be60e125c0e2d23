// OPA's compiler, formatter, checker and tester: one request to the process that runs them, one answer.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { packageRoot } from '../package-root.ts';

/** `path` is relative and unique; names ending in `_test.rego` are tests. */
export interface RegoModule {
  readonly path: string;
  readonly text: string;
  /** People wrote it: it is not formatted. */
  readonly verbatim?: boolean;
}

/** `row` and `col` start at 1 and are 0 where OPA names no place. */
export interface OpaProblem {
  readonly code: string;
  readonly message: string;
  readonly file: string;
  readonly row: number;
  readonly col: number;
}

export interface OpaRequest {
  readonly operation: 'build' | 'inspect' | 'format' | 'check' | 'test' | 'plan' | 'patterns' | 'eval';
  readonly modules?: readonly RegoModule[];
  readonly custom?: readonly RegoModule[];
  readonly data?: object;
  readonly entrypoints?: readonly string[];
  readonly revision?: string;
  readonly metadata?: object;
  readonly patterns?: readonly string[];
  readonly evaluations?: readonly OpaEvaluation[];
  /** Asks `test` and `eval` what they have evaluated. */
  readonly coverage?: boolean;
  /** When the process is ended, whatever it does; by default after `DEADLINE_MS`. */
  readonly deadlineMs?: number;
}

/** Asks for the value of one entry point, once for each input. */
export interface OpaEvaluation {
  readonly modules: readonly RegoModule[];
  readonly data?: object;
  readonly entrypoint: string;
  /** JSON texts: their numbers keep every digit. */
  readonly inputs: readonly string[];
}

export interface OpaTest {
  readonly file: string;
  readonly row: number;
  readonly package: string;
  readonly name: string;
  readonly passed: boolean;
  readonly message?: string;
}

/** What OPA finds in a hand-written module. */
export interface InspectedRego {
  readonly path: string;
  /** `regent`, `custom`, `budget` */
  readonly package: readonly string[];
  /** Where the package is declared. */
  readonly row: number;
  /** Every rule that it defines, once. */
  readonly names: readonly string[];
  /** Rules of `deny` and `require_approval`; `name` is the constant "rule" of their members, "" where it is not one. */
  readonly rules: ReadonlyArray<
    RegoPlace & { readonly title?: string; readonly description?: string }
  > | null;
  /** Paths below `input.arguments`; an empty one is all of them. */
  readonly arguments: ReadonlyArray<readonly string[]> | null;
  /** Custom counters that it names. */
  readonly counters: readonly RegoPlace[] | null;
}

export interface RegoPlace {
  readonly name: string;
  readonly row: number;
  readonly col: number;
}

/** What one input gave: `error` where it could not be evaluated, neither field where it is undefined. */
export interface OpaValue {
  readonly value?: unknown;
  readonly error?: string;
}

/** A part of a module's text; rows and columns start at 1. */
export interface OpaRange {
  readonly start: { readonly row: number; readonly col?: number };
  readonly end: { readonly row: number; readonly col?: number };
}

export interface OpaCoverage {
  readonly path: string;
  readonly covered: readonly OpaRange[];
  readonly notCovered: readonly OpaRange[];
}

/** What an operation does not make is absent. */
export interface OpaAnswer {
  readonly problems?: readonly OpaProblem[];
  readonly modules?: readonly RegoModule[];
  /** Base64. */
  readonly bundle?: string;
  readonly tests?: readonly OpaTest[];
  readonly patternErrors?: ReadonlyArray<string | null>;
  readonly dynamicCalls?: number;
  readonly custom?: readonly InspectedRego[];
  /** Beside the evaluations that were asked for. */
  readonly evaluations?: ReadonlyArray<{
    readonly problems?: readonly OpaProblem[];
    readonly values?: readonly OpaValue[];
    readonly coverage?: readonly OpaCoverage[];
  }>;
  readonly coverage?: readonly OpaCoverage[];
}

/** Answers requests: the built-in WebAssembly (`runOpa`), or a binary (`binary/open-opa-binary.ts`). */
export type OpaRunner = (request: OpaRequest) => Promise<OpaAnswer>;

export type OpaErrorCode =
  | 'artefact-missing'
  | 'binary-unusable'
  | 'version-untested'
  | 'timed-out'
  | 'crashed'
  | 'bad-answer';

export class OpaError extends Error {
  readonly code: OpaErrorCode;

  constructor(code: OpaErrorCode, message: string, cause: unknown = null) {
    super(message, { cause });
    this.name = 'OpaError';
    this.code = code;
  }
}

/**
 * The program runs once for a short time: compiling it well costs more than it gives, and some 170 MB; and most of its
 * functions are never called, so that each is validated when it is first.
 */
const NODE_FLAGS = ['--liftoff-only', '--wasm-lazy-validation', '--no-warnings'];

/** Far above the largest build; Rego that people wrote can loop for ever. */
const DEADLINE_MS = 300_000;

/** A process for one request: it gets ready while the request is still being made. */
export interface OpaProcess {
  /** Throws `OpaError`; problems in the Rego are part of the answer. */
  readonly run: OpaRunner;
  /** Must be called, also where nothing was run. */
  close(): void;
}

export async function runOpa(request: OpaRequest): Promise<OpaAnswer> {
  const started = startOpa();
  return started.run(request).finally(started.close);
}

/** Throws `OpaError` where it is not built. */
export function startOpa(): OpaProcess {
  const program = path.join(packageRoot(), 'dist', 'compiler', 'opa', 'opa-process.js');
  const wasm = path.join(path.dirname(program), 'opa.wasm');
  if (!existsSync(program) || !existsSync(wasm)) {
    throw new OpaError('artefact-missing', `OPA's WebAssembly is not built (${wasm}); run make`);
  }
  const child = spawn(process.execPath, [...NODE_FLAGS, program, String(process.pid)], {
    stdio: 'pipe',
    env: {},
  });
  const ended = readEnd(child);
  // Told by `run`, which may come later.
  ended.catch(() => {});
  // A process that dies early is told by its exit code, not by the broken pipe.
  child.stdin.on('error', () => {});
  return {
    run: async ({ deadlineMs = DEADLINE_MS, ...request }) => {
      let isLate = false;
      const deadline = setTimeout(() => {
        isLate = child.kill('SIGKILL');
      }, deadlineMs);
      child.stdin.end(JSON.stringify(request));
      const { stdout, stderr, exitCode } = await ended.finally(() => clearTimeout(deadline));
      if (isLate) throw lateError(request, deadlineMs);
      if (exitCode !== 0)
        throw new OpaError('crashed', `OPA ended with exit code ${exitCode}: ${stderr.trim().slice(-2000)}`);
      return parseAnswer(stdout);
    },
    close: () => void child.kill('SIGKILL'),
  };
}

interface ProcessEnd {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly exitCode: number | null;
}

async function readEnd(child: ChildProcessWithoutNullStreams): Promise<ProcessEnd> {
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [stdout, stderr, exitCode] = await Promise.all([buffer(child.stdout), text(child.stderr), exited]);
  return { stdout, stderr, exitCode };
}

function lateError({ operation }: OpaRequest, deadlineMs: number): OpaError {
  const message = `OPA was ended after ${deadlineMs / 1000} s of ${operation}: some Rego takes too long, or never ends`;
  return new OpaError('timed-out', message);
}

function parseAnswer(stdout: Buffer): OpaAnswer {
  try {
    return JSON.parse(stdout.toString('utf8')) as OpaAnswer;
  } catch (cause) {
    throw new OpaError('bad-answer', 'OPA gave an answer that is not JSON', cause);
  }
}
