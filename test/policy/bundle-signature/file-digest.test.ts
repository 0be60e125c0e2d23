// Digests of structured files against the real opa: any JSON there is, hashed the same.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestFile } from '../../../src/policy/bundle-signature/file-digest.ts';
import {
  payloadOf,
  readSignatureClaims,
  readSignatureFile,
} from '../../../src/policy/bundle-signature/signature-file.ts';
import { runRealOpa } from '../../fixtures/opa-binary.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';

const DOCUMENTS = 300;

/** Numbers as people and programs spell them. */
const spelling = fc.oneof(
  fc.constantFrom(
    '0',
    '-0',
    '1.0',
    '1.50',
    '1e2',
    '1E+2',
    '12e-3',
    '9007199254740993',
    '123456789012345678901234567890',
  ),
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => JSON.stringify(value)),
);

const text = fc.string({ unit: 'grapheme' }).filter((value) => !/\p{Surrogate}/u.test(value));

const { document } = fc.letrec<{ document: string }>((tie) => ({
  document: fc.oneof(
    { depthSize: 'small' },
    spelling,
    text.map((value) => JSON.stringify(value)),
    fc.constantFrom('null', 'true', 'false', '"\\u2028\\u2029<&>\\/\\u0000\\u007f"', '"\\ud83d\\ude00"'),
    fc.array(tie('document'), { maxLength: 4 }).map((items) => `[${items.join(' , ')}]`),
    fc.dictionary(text, tie('document'), { maxKeys: 5 }).map(
      (members) =>
        `{${Object.entries(members)
          .map(([key, value]) => `${JSON.stringify(key)} : ${value}`)
          .join(',\n')}}`,
    ),
  ),
}));

test('every structured file has the digest that opa sign gives it', () => {
  const folder = temporaryFolder();
  const documents = fc.sample(document, { numRuns: DOCUMENTS, seed: 20_261_125 });
  documents.forEach((content, index) => {
    mkdirSync(path.join(folder, 'src', String(index)), { recursive: true });
    writeFileSync(path.join(folder, 'src', String(index), 'data.json'), content);
  });
  const { status, stdout, stderr } = runRealOpa(
    folder,
    'sign',
    '-b',
    'src',
    '--signing-key',
    'secret',
    '--signing-alg',
    'HS256',
  );
  expect([status, stdout, stderr]).toEqual([0, '', '']);
  const { token } = readSignatureFile(readFileSync(path.join(folder, '.signatures.json')));
  const { files } = readSignatureClaims(payloadOf(token));
  expect(files).toHaveLength(DOCUMENTS);
  for (const { name, hash, algorithm } of files) {
    const bytes = readFileSync(path.join(folder, name));
    expect([bytes.toString('utf8'), digestFile(name, bytes, algorithm)]).toEqual([
      bytes.toString('utf8'),
      hash,
    ]);
  }
});
