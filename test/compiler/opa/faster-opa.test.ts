// OPA is built with patches that let it do the same in less time (compiler/opa/faster): each is in what was built, and what
// comes out is what the real opa of that version makes of the same Rego.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { bigPolicy } from '../../../bench/big-policy.ts';
import { compilePolicy } from '../../../compiler/index.ts';
import { openOpaBinary } from '../../../compiler/opa/binary/open-opa-binary.ts';
import { buildBundle, checkRego, formatRego, testRego } from '../../../compiler/opa/opa-operations.ts';
import type { OpaRunner, RegoModule } from '../../../compiler/opa/run-opa.ts';
import { inflateArchive } from '../../../src/policy/archive/inflate-archive.ts';
import { readTar } from '../../../src/policy/archive/read-tar.ts';
import { OPA } from '../../fixtures/opa-binary.ts';

vi.setConfig({ testTimeout: 180_000 });

const ROOT = path.resolve(import.meta.dirname, '../../..');
const PATCHES = path.join(ROOT, 'compiler/opa/faster');
const names = readdirSync(PATCHES).filter((name) => name.endsWith('.patch'));

interface PatchedFile {
  readonly file: string;
  /** What the patch makes of each place that it changes. */
  readonly blocks: readonly string[];
}

function readPatch(name: string): PatchedFile[] {
  const [, ...files] = readFileSync(path.join(PATCHES, name), 'utf8').split(/^diff --git .*\n/m);
  return files.map((text) => {
    const [head = '', ...hunks] = text.split(/^@@ .*\n/m);
    const file = /^\+\+\+ b\/(.*)$/m.exec(head)?.[1] ?? '';
    const kept = (hunk: string): string => hunk.replace(/^-.*\n/gm, '').replace(/^[ +]/gm, '');
    return { file, blocks: hunks.map(kept) };
  });
}

test.each(names)('%s is in the sources that OPA is built of', (name) => {
  const files = readPatch(name);
  expect(files.length).toBeGreaterThan(0);
  for (const { file, blocks } of files) {
    const source = readFileSync(path.join(ROOT, 'dist/opa-source', file), 'utf8');
    for (const block of blocks) expect(source).toContain(block);
  }
});

/** Every kind of expression and value, at every place that a walk through a module comes by. */
const EVERYTHING = `package regent.whole

import data.regent.other

# METADATA
# entrypoint: true
decision := {
	"functions": [double(2), double(1.5e3), other.twice(3)],
	"paths": {table.a.b, table.a["c d"], other.deep.down.below},
	"grade": graded,
	"none": null,
	"text": $"{input.name} has {count(members)}",
	"large": 123456789012345678901234567890,
	"members": members,
	"object": objects,
	"with": other_grade,
}

default graded := "low"

graded := "high" if {
	input.amount > 100
	not input.small
} else := "middle" if {
	some limit in [10, 20.5, 50]
	input.amount > limit
}

other_grade := grade if grade := graded with input as {"amount": 5, "small": true}

double(x) := x * 2 if is_number(x)

double(x) := concat("", [x, x]) if is_string(x)

table.a.b := 1

table.a["c d"] := 2

members contains name if some name, true in input.members

members contains entry.name if {
	some entry in input.entries
	every tag in entry.tags {
		startswith(tag, "t")
		not tag == "t"
	}
}

objects[key] := [value | some value in input.lists[key]] if {
	some key
	input.lists[key]
	count({value | value := input.lists[key][_]; value != false}) > 0
	{k: v | some k, v in input.lists[key]} != {}
}
`;

const OTHER = `package regent.other

twice(x) := x + x

deep.down.below := walked if walked := [path | walk(input, [path, _]); count(path) < 3]
`;

const MODULES: readonly RegoModule[] = [
  { path: 'regent/other.rego', text: OTHER },
  { path: 'regent/whole.rego', text: EVERYTHING },
];

describe('as the real opa does it', () => {
  let real: OpaRunner;
  beforeAll(async () => {
    real = (await openOpaBinary(OPA)).run;
  });

  const wasmOf = async (bundle: Buffer): Promise<Buffer | undefined> =>
    readTar(await inflateArchive(bundle)).find(({ name }) => name === 'policy.wasm')?.bytes;

  test('Rego with everything in it becomes the same WebAssembly', async () => {
    const request = {
      modules: MODULES,
      data: {},
      entrypoints: ['regent/whole/decision', 'regent/other/deep'],
      revision: '1',
      metadata: {},
    };
    const own = await buildBundle(request);
    const theirs = await buildBundle(request, real);
    if (!own.ok || !theirs.ok) throw new Error(JSON.stringify([own, theirs]));
    const wasm = await wasmOf(own.bundle);
    expect(wasm?.length).toBeGreaterThan(100_000);
    expect(wasm?.equals((await wasmOf(theirs.bundle)) as Buffer)).toBe(true);
  });

  test('a policy of 100 tools becomes the same WebAssembly', async () => {
    const files = [{ name: 'big.yaml', text: bigPolicy(100) }];
    const own = await compilePolicy(files);
    const theirs = await compilePolicy(files, { opa: real });
    if (!own.ok || !theirs.ok) throw new Error('the policy does not compile');
    const wasm = await wasmOf(own.bundle);
    expect(wasm?.equals((await wasmOf(theirs.bundle)) as Buffer)).toBe(true);
  });

  test.each([
    ['an unsafe variable in a comprehension', 'p := [x | y := 1; x > y]'],
    ['an unsafe variable in an object', 'p := {"a": {"b": x}}'],
    ['an unsafe variable in a set', 'p := {[1, x]}'],
    ['a recursion through else and not', 'p if not q\n\nq if { false } else if p'],
    ['a function that is none', 'p if { some x in input.a; nothing(x) }'],
    ['types that never match', 'p if { x := {"a": [1, true]}; x.a[0] == "text" }'],
    ['a variable that is not used', 'p if { x := 1; every y in [2] { y > 1 } }'],
    ['rules in conflict', 'p := 1\n\np(x) := x'],
    ['a host that is asked', 'p := http.send({"method": "get", "url": input.url})'],
    ['an import that is not used', 'import data.b\n\np := 1'],
  ])('%s is the same problem, or none', async (_, text) => {
    const modules = [{ path: 'a.rego', text: `package a\n\n${text}\n` }];
    expect(await checkRego(modules)).toEqual(await checkRego(modules, real));
  });

  test('Rego with everything in it is formatted and tested alike', async () => {
    const untidy = MODULES.map(({ path: file, text }) => ({ path: file, text: text.replace(/\t/g, '   ') }));
    const formatted = await formatRego(untidy);
    expect(formatted).toEqual(await formatRego(untidy, real));
    expect(formatted).toMatchObject({ ok: true, modules: MODULES });
    const input =
      '{"name": "n", "amount": 30, "members": {"m": true}, "entries": [{"name": "e", "tags": ["tt"]}]}';
    const text = `package regent.whole_test

import data.regent.whole

test_all if {
	whole.decision.grade == "middle" with input as ${input}
	whole.decision.text == "n has 2" with input as ${input}
	whole.decision.functions == [4, 3000, 6] with input as ${input}
}
`;
    const tested = [...MODULES, { path: 'regent/whole_test.rego', text }];
    const own = await testRego(tested);
    expect(own).toMatchObject({ ok: true, tests: [{ name: 'test_all', passed: true }] });
    expect(own).toEqual(await testRego(tested, {}, real));
  });
});
