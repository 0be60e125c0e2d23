// The benchmark's client: writes request lines and counts answer lines, with as little of its own in between as can be.
import { type ChildProcess, spawn } from 'node:child_process';

export interface BenchClient {
  readonly pid: number;
  /** Makes the calls one after the other; how long each took, in microseconds. */
  callInTurn(tool: string, calls: number): Promise<Float64Array>;
  /** Makes the calls with `concurrency` of them under way at any moment; gives back calls per second. */
  callTogether(tool: string, calls: number, concurrency: number): Promise<number>;
  close(): Promise<void>;
}

export interface BenchTarget {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const NEWLINE = 10;
const INITIALIZE =
  '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},' +
  '"clientInfo":{"name":"bench","version":"1"}}}\n';
const INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}\n';

/** Starts a Node program and takes it through the handshake. */
export async function startBenchClient({ args, env }: BenchTarget): Promise<BenchClient> {
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const answers = countAnswers(child);
  let lastId = 0;
  const request = (tool: string): void => {
    lastId++;
    child.stdin.write(
      `{"jsonrpc":"2.0","id":${lastId},"method":"tools/call","params":{"name":"${tool}",` +
        `"arguments":{"amount":${amountOf(lastId)},"currency":"USD","to":"bob"}}}\n`,
    );
  };

  const callInTurn = async (tool: string, calls: number): Promise<Float64Array> => {
    const took = new Float64Array(calls);
    for (let call = 0; call < calls; call++) {
      const start = performance.now();
      request(tool);
      await answers.next();
      took[call] = (performance.now() - start) * 1000;
    }
    answers.check();
    return took;
  };

  const callTogether = async (tool: string, calls: number, concurrency: number): Promise<number> => {
    const start = performance.now();
    let sent = Math.min(concurrency, calls);
    for (let call = 0; call < sent; call++) request(tool);
    for (let answered = 0; answered < calls; ) {
      const came = await answers.next();
      answered += came;
      for (let call = 0; call < came && sent < calls; call++, sent++) request(tool);
    }
    answers.check();
    return (calls / (performance.now() - start)) * 1000;
  };

  child.stdin.write(INITIALIZE);
  await answers.next();
  answers.forget();
  child.stdin.write(INITIALIZED);
  return { pid: child.pid as number, callInTurn, callTogether, close: () => closeChild(child) };
}

/** Another one with every call, as agents have it: what was decided of the same arguments before must not count. */
export function amountOf(call: number): string {
  return `${100 + (call % 400)}.${10 + (call % 90)}`;
}

interface AnswerCount {
  /** Waits for answers; gives back how many came at once. */
  next(): Promise<number>;
  /** Throws where an answer was no success: a denial is quick, and would look like a fine result. */
  check(): void;
  forget(): void;
}

function countAnswers(child: ChildProcess): AnswerCount {
  const texts: string[] = [];
  let stderr = '';
  let waiting: { resolve(count: number): void; reject(error: Error): void } | null = null;
  child.stderr?.on('data', (chunk) => {
    stderr = `${stderr}${chunk}`.slice(-2000);
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    let count = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) count++;
    texts.push(chunk.toString('latin1'));
    if (count > 0) waiting?.resolve(count);
  });
  child.on('exit', (code) => {
    waiting?.reject(
      new Error(`the program ended with code ${code} while it was measured; it said: ${stderr}`),
    );
  });
  return {
    next: () =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
      }),
    check: () => {
      const lines = texts.splice(0).join('').trimEnd().split('\n');
      const failed = lines.find((line) => !line.includes('"text":"ok"'));
      if (failed !== undefined) throw new Error(`a call did not succeed: ${failed}`);
    },
    forget: () => void texts.splice(0),
  };
}

function closeChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.removeAllListeners('exit');
    child.on('exit', () => resolve());
    child.stdin?.end();
  });
}
