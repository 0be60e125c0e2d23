// A relay that makes one durable write for each request before it forwards it.
//
//   relay-write.js DURABILITY STATE TOOL COMMAND ARGS...
import { spawn } from 'node:child_process';
import { onLine } from '../test/fixtures/echo/read-lines.ts';
import { openBareInsert } from './bare-insert.ts';

const [durability = '', state = '', tool = '', command = '', ...args] = process.argv.slice(2);
const insert = await openBareInsert({ durability, state, tool });

const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
child.stdout.pipe(process.stdout);
child.on('exit', (code) => process.exit(code ?? 1));
process.stdin.on('end', () => child.stdin.end());

onLine(process.stdin, (line) => insert(() => child.stdin.write(`${line}\n`)));
