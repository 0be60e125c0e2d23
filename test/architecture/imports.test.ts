// Guards the shape of the code: who may import whom, no circles, no file that grew past the house's limit.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const LINES_MAX = 300;

/** Which areas each area may import, besides itself. Design section 2. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  compiler: [],
  'src/policy': ['src/telemetry', 'src/transport/opa-service.ts', 'compiler/model'],
  'src/journal': [
    'src/policy/arguments/json-node.ts',
    'src/policy/log-rules.ts',
    'src/state/store.ts',
    'src/state/upload.ts',
    'src/telemetry',
    'src/transport/opa-service.ts',
    'compiler/model',
  ],
  'src/state': ['src/journal', 'src/approvals/approval.ts', 'compiler/model'],
  'src/approvals': [
    'src/policy',
    'src/state/store.ts',
    'src/state/delivery.ts',
    'src/state/counter-window.ts',
    'src/telemetry',
    'compiler/model',
  ],
  'src/console': [
    'src/approvals',
    'src/journal',
    'src/policy',
    'src/state/store.ts',
    'src/state/delivery.ts',
    'src/state/counter-window.ts',
    'src/telemetry',
    'compiler/model',
  ],
  'src/telemetry': ['src/transport/opa-service.ts'],
  'src/transport': [],
  'src/proxy': [
    'src/policy',
    'src/state/store.ts',
    'src/state/counter-window.ts',
    'src/approvals',
    'src/journal',
    'src/telemetry',
    'src/transport/transport.ts',
    'src/transport/http-exchange.ts',
    'compiler/model',
  ],
  'src/cli': ['src', 'compiler'],
};

function filesUnder(folder: string, endings: readonly string[]): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(folder, name))
    .filter((name) => endings.some((ending) => name.endsWith(ending)));
}

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return Array.from(found, ([, target = '']) => path.posix.join(path.posix.dirname(file), target));
}

function areaOf(file: string): string {
  return Object.keys(ALLOWED).find((area) => file.startsWith(`${area}/`)) ?? 'elsewhere';
}

function isAllowed(file: string, target: string): boolean {
  const area = areaOf(file);
  return [area, ...(ALLOWED[area] ?? [])].some(
    (allowed) => target === allowed || target.startsWith(`${allowed}/`),
  );
}

const sources = [...filesUnder('compiler', ['.ts']), ...filesUnder('src', ['.ts'])];
const graph = new Map(sources.map((file) => [file, importsOf(file)]));

describe('the tree of design section 2', () => {
  it('is seen whole: the guard reads every source file and its imports', () => {
    expect(sources.length).toBeGreaterThan(60);
    expect(graph.get('src/cli/main.ts')).toContain('src/cli/program.ts');
  });

  it('lets each area import only what the table allows', () => {
    const broken = [...graph].flatMap(([file, targets]) =>
      targets.filter((target) => !isAllowed(file, target)).map((target) => `${file} imports ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('has no file that imports in a circle', () => {
    expect(findCircle()).toEqual([]);
  });

  it('keeps every file within the house limit of lines', () => {
    const folders = ['compiler', 'src', 'test', 'bench', 'rego'];
    const files = folders.flatMap((folder) => filesUnder(folder, ['.ts', '.go', '.rego']));
    const long = files
      .map((file) => ({ file, lines: readFileSync(path.join(ROOT, file), 'utf8').split('\n').length - 1 }))
      .filter(({ file, lines }) => lines > LINES_MAX && !file.startsWith('test/compiler/golden/'));
    expect(long).toEqual([]);
  });

  it('opens every source file with a comment that says its job', () => {
    const silent = sources.filter(
      (file) => !/^(#!.*\n)?\/\/ \S/.test(readFileSync(path.join(ROOT, file), 'utf8')),
    );
    expect(silent).toEqual([]);
  });
});

/** The first circle found, as the files on the way round. */
function findCircle(): string[] {
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): string[] => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const target of graph.get(file) ?? []) {
      const circle = visit(target, [...way, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of sources) {
    const circle = visit(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}
