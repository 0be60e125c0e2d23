// The process that runs one request of OPA's WebAssembly, from stdin to stdout. A process of its own: it blocks, takes
// some 300 MB, and is started with compiler flags that a long-lived process must not have.
import { readFileSync } from 'node:fs';
import { runProgram } from './wasi-host.ts';

const module = new WebAssembly.Module(readFileSync(new URL('./opa.wasm', import.meta.url)));
const { exitCode, stdout, stderr } = runProgram(module, () => readFileSync(0));
process.stderr.write(stderr);
process.exitCode = exitCode;
process.stdout.write(stdout);
