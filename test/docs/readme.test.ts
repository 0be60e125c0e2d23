// What the README and the other pages claim is true: policies compile, commands exist, links lead somewhere, and the
// numbers that are told come out.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createWorkbench } from '../cli/run-regent.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs/architecture.md',
  'docs/bundles-and-logs.md',
  'docs/operations.md',
  'docs/console.md',
  'docs/from-intercept.md',
];
const read = (page: string): string => readFileSync(path.join(ROOT, page), 'utf8');
const bench = createWorkbench();
afterAll(bench.remove);

function blocksOf(page: string, language: string): string[] {
  return Array.from(
    read(page).matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g')),
    ([, text = '']) => text,
  );
}

describe('the policy of the README', () => {
  const [policy = ''] = blocksOf('README.md', 'yaml');
  const evaluate = (tool: string, args: string): Record<string, unknown> =>
    JSON.parse(
      bench.run('eval', '-c', bench.write('policy.yaml', policy), '--tool', tool, '--arguments', args).stdout,
    );

  test('validates', () => {
    expect(bench.run('validate', '-c', bench.write('policy.yaml', policy))).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('no problems'),
    });
  });

  test.each([
    ['create_payment', '{"amount": 500.00, "currency": "GBP"}', 'allow'],
    ['create_payment', '{"amount": 500.01, "currency": "GBP"}', 'deny'],
    ['create_payment', '{"amount": 5, "currency": "JPY"}', 'deny'],
    ['close_account', '{}', 'require_approval'],
    ['not_listed', '{}', 'deny'],
  ])('%s %s: %s', (tool, args, outcome) => {
    expect(evaluate(tool, args)).toMatchObject({ outcome });
  });

  test('denies with the words that the README quotes', () => {
    const { reason, rule } = evaluate('create_payment', '{"amount": 500.01, "currency": "GBP"}');
    const quoted = read('README.md').replaceAll(/\s+/g, ' ');
    expect(quoted).toContain(
      `Denied by policy: create_payment: ${reason} (rule ${rule}). The call was not executed.`,
    );
  });
});

test('every command of the tables and blocks is one that regent has', () => {
  const commands = PAGES.flatMap((page) =>
    Array.from(read(page).matchAll(/^(?:\| `)?regent ([a-z]+)/gm), ([, name = '']) => name),
  );
  expect(commands.length).toBeGreaterThan(5);
  for (const name of new Set(commands)) expect([name, bench.run(name, '--help').status]).toEqual([name, 0]);
});

test('every option that the pages show is in the help of some command', () => {
  const commands = ['', 'validate', 'compile', 'eval', 'journal', 'scan', 'console'];
  const parts = ['agents add', 'agents remove', 'approvals list', 'approvals approve', 'approvers add'];
  const help = [...commands, ...parts]
    .map((name) => bench.run(...name.split(' ').filter(Boolean), '--help').stdout)
    .join('\n');
  const shown = PAGES.flatMap((page) =>
    Array.from(read(page).matchAll(/(?:^|[`\s])(--[a-z][a-z-]+)/gm), ([, option = '']) => option),
  );
  const intercept = ['--transport', '--port', '--state-dir', '--state-prefix', '--enable-admin-api'];
  const foreign = ['--write', '--liftoff-only', ...intercept];
  for (const option of new Set(shown)) if (!foreign.includes(option)) expect(help).toContain(option);
});

test('every target of make that the pages name exists', () => {
  const makefile = read('Makefile');
  const named = PAGES.flatMap((page) =>
    Array.from(read(page).matchAll(/(?:^|`)make ([a-z-]+)/gm), ([, target = '']) => target),
  );
  expect(named).toContain('demo');
  for (const target of new Set(named)) expect(makefile).toMatch(new RegExp(`^${target}:`, 'm'));
});

test('every link to a file leads to one', () => {
  for (const page of PAGES) {
    const links = Array.from(read(page).matchAll(/\]\(([^)#:]+)\)/g), ([, target = '']) =>
      path.join(path.dirname(page), target),
    );
    for (const link of links)
      expect([page, link, existsSync(path.join(ROOT, link))]).toEqual([page, link, true]);
  }
});

/** As GitHub makes it of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
    .replaceAll(' ', '-');

test('every link to a heading leads to one, on every page', () => {
  const docs = readdirSync(path.join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  const links = [...PAGES.slice(0, 3), ...docs.map((name) => `docs/${name}`)].flatMap((page) =>
    Array.from(read(page).matchAll(/\]\(([^)#:]*)#([^)]+)\)/g), ([, file = '', anchor = '']) => ({
      page,
      to: file === '' ? page : path.join(path.dirname(page), file),
      anchor,
    })),
  );
  expect(links.length).toBeGreaterThan(10);
  for (const { page, to, anchor } of links) {
    const headings = Array.from(read(to).matchAll(/^#+ (.+)$/gm), ([, heading = '']) => anchorOf(heading));
    expect([page, to, headings]).toEqual([page, to, expect.arrayContaining([anchor])]);
  }
});

test('the configuration for MCP clients is JSON that puts regent before the server', () => {
  const [config = ''] = blocksOf('README.md', 'json');
  const { command, args } = JSON.parse(config).mcpServers.files;
  expect([command, args.includes('--')]).toEqual(['regent', true]);
});

test('the pages hold no absolute path of a machine and stay short', () => {
  for (const page of PAGES) expect(read(page)).not.toMatch(/\/(?:home|root|work)\//);
  expect(read('docs/architecture.md').split('\n').length).toBeLessThan(150);
});
