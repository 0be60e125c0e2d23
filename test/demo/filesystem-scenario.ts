// A server that many people run, from npm, behind a second policy: @modelcontextprotocol/server-filesystem.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT, startDemoAgent } from './demo-agent.ts';
import type { Transcript } from './transcript.ts';

const PROGRAM = join(PROJECT, 'node_modules/@modelcontextprotocol/server-filesystem/dist/index.js');

type Attempt = readonly [expected: string, tool: string, args: Readonly<Record<string, unknown>>];

export async function playFilesystemScenario(transcript: Transcript, folder: string): Promise<void> {
  const files = join(folder, 'files');
  mkdirSync(files);
  writeFileSync(join(files, 'hello.txt'), 'Hello from a file.\n');
  writeFileSync(join(files, '.env'), 'TOKEN=not-for-agents\n');
  transcript.title('policies/filesystem/policy.yaml in front of @modelcontextprotocol/server-filesystem');
  const agent = await startDemoAgent({
    flags: [
      '-c',
      join(PROJECT, 'policies/filesystem/policy.yaml'),
      '--state',
      join(folder, 'files.db'),
      '--hold',
      '1s',
    ],
    server: [PROGRAM, files],
    env: {},
  });
  try {
    const tools = await agent.listTools();
    transcript.section('What the agent sees');
    transcript.paragraph(tools.join(', '));
    transcript.check(
      'move_file and read_file are not in the list',
      !tools.some((tool) => /^(move|read)_file$/.test(tool)),
    );
    transcript.section('What it may do');
    for (const [expected, tool, args] of attempts(files)) {
      const { outcome, text } = await agent.call(tool, args);
      const told = text.replaceAll(`${files}/`, '');
      transcript.step({ action: describe(tool, args, files), expected, actual: outcome, told });
    }
  } finally {
    await agent.close();
  }
  checkFiles(transcript, files);
}

function attempts(files: string): Attempt[] {
  const file = (name: string): string => join(files, name);
  return [
    ['allow', 'list_directory', { path: files }],
    ['allow', 'read_text_file', { path: file('hello.txt') }],
    ['deny */no-secrets', 'read_text_file', { path: file('.env') }],
    ['allow', 'write_file', { path: file('notes.md'), content: '# Notes\n' }],
    ['deny write_file/notes-only', 'write_file', { path: file('run.sh'), content: 'echo hello\n' }],
    [
      'require_approval edit_file/review-edits',
      'edit_file',
      { path: file('hello.txt'), edits: [{ oldText: 'Hello', newText: 'Bye' }] },
    ],
    ['deny move_*/no-moves', 'move_file', { source: file('hello.txt'), destination: file('gone.txt') }],
  ];
}

function describe(tool: string, args: Readonly<Record<string, unknown>>, files: string): string {
  const subject = String(args.path ?? args.source);
  return `${tool} ${subject === files ? '.' : subject.slice(files.length + 1)}`;
}

function checkFiles(transcript: Transcript, files: string): void {
  transcript.section('What is on the disk afterwards');
  const isThere = (name: string): boolean => existsSync(join(files, name));
  transcript.check('notes.md was written', isThere('notes.md'));
  transcript.check('run.sh was not', !isThere('run.sh'));
  transcript.check(
    'hello.txt was neither edited nor moved',
    isThere('hello.txt') &&
      !isThere('gone.txt') &&
      readFileSync(join(files, 'hello.txt'), 'utf8') === 'Hello from a file.\n',
  );
}
