#!/usr/bin/env node
// The `regent` command: reads the command line, runs what it asks for, and turns failures into exit codes.
import { Console } from 'node:console';
import { checkNode, whySqliteFails } from './installation.ts';
import { createProgram } from './program.ts';
import { reportFailure } from './report-failure.ts';

// stdout belongs to MCP (or to a command's own output): nothing that a library prints may land there.
globalThis.console = new Console(process.stderr, process.stderr);

const separator = process.argv.indexOf('--');
const own = separator < 0 ? process.argv : process.argv.slice(0, separator);
const serverCommand = separator < 0 ? [] : process.argv.slice(separator + 1);

try {
  checkNode(process.versions.node);
  await createProgram(serverCommand).parseAsync(own);
} catch (error) {
  process.exitCode = reportFailure(error);
  // Node 20 tells of a module that could not be loaded once more, as a rejection that nobody handles.
  if (whySqliteFails(error) !== null) process.exit();
}
