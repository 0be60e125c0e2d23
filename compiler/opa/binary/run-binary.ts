// Runs one command of an `opa` binary to its end.
import { execFile } from 'node:child_process';
import { OpaError } from '../run-opa.ts';

export interface BinaryRun {
  /** The folder that it works in. */
  readonly folder: string;
  readonly timeoutMs: number;
}

export interface BinaryEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const OUTPUT_MAX = 256 * 1024 ** 2;

/** Garbage is collected seldom, up to a limit: a large policy takes two thirds of the time. */
const ENVIRONMENT = { GOGC: '400', GOMEMLIMIT: '900MiB' };

/**
 * Any exit code is an answer; what gives none is an `OpaError`. The environment is not handed on: opa takes options from
 * `OPA_…` variables, which would change what it builds, and others hold secrets.
 */
export function runBinary(file: string, args: readonly string[], run: BinaryRun): Promise<BinaryEnd> {
  const { folder, timeoutMs } = run;
  const options = {
    cwd: folder,
    env: ENVIRONMENT,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: OUTPUT_MAX,
  } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ exitCode: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ exitCode: error.code, stdout, stderr });
      else reject(explain(error, `${file} ${args[0]}`, timeoutMs));
    });
    child.stdin?.end();
  });
}

type ExecError = Error & {
  readonly code?: unknown;
  readonly killed?: boolean;
  readonly signal?: string | null;
};

function explain(error: ExecError, command: string, timeoutMs: number): OpaError {
  switch (error.code) {
    case 'ENOENT':
      return new OpaError('binary-unusable', `there is no program ${command.split(' ')[0]}`, error);
    case 'EACCES':
      return new OpaError('binary-unusable', `${command.split(' ')[0]} may not be executed`, error);
    case 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER':
      return new OpaError('bad-answer', `${command} printed more than ${OUTPUT_MAX} bytes`, error);
  }
  if (error.killed === true)
    return new OpaError('timed-out', `${command} was not done after ${timeoutMs / 1000} s`, error);
  if (typeof error.signal === 'string')
    return new OpaError('crashed', `${command} was ended by ${error.signal}`, error);
  return new OpaError('binary-unusable', `${command} cannot be run: ${error.message}`, error);
}
