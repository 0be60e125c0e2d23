// Many inputs at once to OPA's own interpreter, topdown, in one process of the real opa.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { RegoModule } from '../../compiler/opa/run-opa.ts';
import { OPA } from '../fixtures/opa-binary.ts';

const QUERY = `package fuzz

decisions[index] := decision if {
	some index, call in data.inputs
	decision := data.regent.gateway.decision with input as call
}
`;

/** What the decision is for each input (JSON texts), undefined where it has no value. Throws where OPA does. */
export async function askTopdown(
  modules: readonly RegoModule[],
  inputs: readonly string[],
): Promise<unknown[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'regent-topdown-'));
  try {
    const files = [...modules, { path: 'fuzz.rego', text: QUERY }];
    for (const { path: name, text } of files) {
      await mkdir(path.join(folder, 'src', path.dirname(name)), { recursive: true });
      await writeFile(path.join(folder, 'src', name), text);
    }
    // Texts are joined, not parsed: their numbers keep every digit.
    await writeFile(path.join(folder, 'inputs.json'), `{"inputs": [${inputs.join(',')}]}`);
    const args = ['eval', '-d', 'src', '-d', 'inputs.json', '--format', 'raw', 'data.fuzz.decisions'];
    const options = { cwd: folder, env: { HOME: folder }, maxBuffer: 1024 ** 3 };
    const { stdout } = await promisify(execFile)(OPA, args, options);
    const decisions = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
    return inputs.map((_, index) => decisions[index]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
