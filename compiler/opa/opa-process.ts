// The process that runs one request of OPA's WebAssembly, from stdin to stdout, for the process that its argument names. A
// process of its own: it blocks, takes some 300 MB, and is started with compiler flags that a long-lived process must not
// have. In it, a thread: only a thread can have the stack that OPA needs for lists of thousands of members.
import { readFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { type ProgramEnd, runProgram } from './wasi-host.ts';

/** Memory that is not touched is not taken. */
const STACK_MB = 256;

if (isMainThread) {
  const thread = new Worker(new URL(import.meta.url), { resourceLimits: { stackSizeMb: STACK_MB } });
  thread.on('message', ({ exitCode, stdout, stderr }: ProgramEnd) => {
    process.stderr.write(stderr);
    process.exitCode = exitCode;
    process.stdout.write(stdout);
  });
  // Whoever asked may be ended by a signal, and with it the deadline: an endless evaluation would go on for ever.
  const [, , asker] = process.argv;
  setInterval(() => {
    if (String(process.ppid) !== asker) process.exit(1);
  }, 1000).unref();
} else {
  const module = new WebAssembly.Module(readFileSync(new URL('./opa.wasm', import.meta.url)));
  parentPort?.postMessage(runProgram(module, () => readFileSync(0)));
}
