// Signatures of Regent's and of the real opa: each accepts what the other made, and rejects what was changed since.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readVerifiedArchive } from '../../../src/policy/bundle-signature/read-verified-archive.ts';
import { type BundleSigning, signBundle } from '../../../src/policy/bundle-signature/sign-bundle.ts';
import {
  SIGNATURE_ALGORITHMS,
  type SignatureAlgorithm,
  type Verification,
} from '../../../src/policy/bundle-signature/verification.ts';
import { buildWithOpa, runRealOpa } from '../../fixtures/opa-binary.ts';
import { writeKeys } from '../../fixtures/signing-keys.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';
import { buildForTest } from '../load-policy.ts';
import { alter, keep, repack, unpack } from './repack.ts';

const DATA = String.raw`{
  "z": [1.0, 1e2, -0.0, 12345678901234567890, 0.10, true, null],
  "html": "<a href='x'>&</a>",
  "lines": "\u2028\u2029\b\f\n\r\t\u0001\u007f\"\\/",
  "\uffff": 1, "\ud83d\ude00": 2, "é": 3, "Z": {}, "a": []
}`;
const REGO = 'package regent.gateway\n\nimport data.limits\n\ndefault decision := {"outcome": "deny"}\n';

let regentBundle: Buffer;
beforeAll(async () => {
  regentBundle = await buildForTest('version: "1"\ntools:\n  pay:\n    rules: []\n');
});

interface Ways {
  readonly folder: string;
  readonly algorithm: SignatureAlgorithm;
  readonly signing: BundleSigning;
  readonly verification: Verification;
  /** Flags of opa. */
  readonly signWith: readonly string[];
  readonly verifyWith: readonly string[];
}

function prepare(algorithm: SignatureAlgorithm): Ways {
  const folder = temporaryFolder();
  const { signing, verification } = writeKeys(folder, algorithm);
  const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
  return {
    folder,
    algorithm,
    signing: { key: read(signing), algorithm, keyId: 'default', claims: null },
    verification: {
      keys: { default: { key: read(verification), algorithm, scope: '' } },
      keyId: '',
      scope: '',
      excludeFiles: [],
    },
    signWith: ['--signing-key', signing, '--signing-alg', algorithm],
    verifyWith: ['--verification-key', verification, '--signing-alg', algorithm],
  };
}

function signWithOpa({ folder, signWith }: Ways, ...more: readonly string[]): Buffer {
  mkdirSync(path.join(folder, 'src'), { recursive: true });
  writeFileSync(path.join(folder, 'src', 'data.json'), DATA);
  writeFileSync(path.join(folder, 'src', 'gateway.rego'), REGO);
  const target = ['-t', 'wasm', '-e', 'regent/gateway/decision', '--revision', 'r-1', '-o', 'opa.tar.gz'];
  buildWithOpa(folder, '-b', 'src', ...target, ...signWith, ...more);
  return readFileSync(path.join(folder, 'opa.tar.gz'));
}

function isAcceptedByOpa({ folder, verifyWith }: Ways, bundle: Buffer, ...more: readonly string[]): boolean {
  writeFileSync(path.join(folder, 'checked.tar.gz'), bundle);
  return (
    runRealOpa(folder, 'build', '-b', 'checked.tar.gz', '-o', 'out.tar.gz', ...verifyWith, ...more).status ===
    0
  );
}

function isAccepted(bundle: Buffer, verification: Verification): Promise<boolean> {
  return readVerifiedArchive(bundle, verification).then(
    () => true,
    (error: unknown) => {
      expect(error).toMatchObject({ code: 'bundle-signature' });
      return false;
    },
  );
}

describe.each(SIGNATURE_ALGORITHMS)('%s', (algorithm) => {
  test('opa accepts what Regent signed', async () => {
    const ways = prepare(algorithm);
    const signed = await signBundle(regentBundle, ways.signing);
    expect([isAcceptedByOpa(ways, signed), await isAccepted(signed, ways.verification)]).toEqual([
      true,
      true,
    ]);
  });

  test('Regent accepts what opa signed', async () => {
    const ways = prepare(algorithm);
    const signed = signWithOpa(ways);
    expect([isAcceptedByOpa(ways, signed), await isAccepted(signed, ways.verification)]).toEqual([
      true,
      true,
    ]);
  });
});

test('both reject a bundle of which any file was changed, added or removed', async () => {
  const ways = prepare('ES256');
  for (const signed of [signWithOpa(ways), await signBundle(regentBundle, ways.signing)]) {
    const names = unpack(signed).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['data.json', 'policy.wasm', '.manifest', '.signatures.json']),
    );
    for (const name of names.filter((one) => one !== '.signatures.json')) {
      const changed = repack(signed, (file) =>
        file.name === name ? { name, content: alter(file) } : keep(file),
      );
      const removed = repack(signed, (file) => (file.name === name ? null : keep(file)));
      for (const bad of [changed, removed]) {
        const both = [isAcceptedByOpa(ways, bad), await isAccepted(bad, ways.verification)];
        expect([name, ...both]).toEqual([name, false, false]);
      }
    }
    const added = repack(signed, (file) =>
      file.name === 'data.json' ? { name: 'added.rego', content: 'package added' } : keep(file),
    );
    expect([isAcceptedByOpa(ways, added), await isAccepted(added, ways.verification)]).toEqual([
      false,
      false,
    ]);
  }
});

test('both accept structured files whose white space and order of keys changed', async () => {
  const ways = prepare('HS256');
  const signed = signWithOpa(ways);
  const respaced = repack(signed, (file) =>
    file.name === 'data.json'
      ? { name: '/data.json', content: `\n ${file.bytes.toString('utf8')}  \n` }
      : keep(file),
  );
  expect([isAcceptedByOpa(ways, respaced), await isAccepted(respaced, ways.verification)]).toEqual([
    true,
    true,
  ]);
});

test('both tell numbers apart by their digits', async () => {
  const ways = prepare('HS256');
  const rounded = repack(signWithOpa(ways), (file) => {
    if (file.name !== 'data.json') return keep(file);
    expect(file.bytes.toString('utf8')).toContain('12345678901234567890');
    return {
      name: '/data.json',
      content: file.bytes.toString('utf8').replace('12345678901234567890', '12345678901234567891'),
    };
  });
  expect([isAcceptedByOpa(ways, rounded), await isAccepted(rounded, ways.verification)]).toEqual([
    false,
    false,
  ]);
});

test('both take the scope of claims, and no other', async () => {
  const ways = prepare('PS256');
  writeFileSync(
    path.join(ways.folder, 'claims.json'),
    '{"scope": "write", "iat": 1592248027, "iss": "ci", "keyid": "default"}',
  );
  const claims = JSON.parse(readFileSync(path.join(ways.folder, 'claims.json'), 'utf8'));
  const byOpa = signWithOpa(ways, '--claims-file', 'claims.json');
  const byRegent = await signBundle(regentBundle, { ...ways.signing, keyId: '', claims });
  for (const signed of [byOpa, byRegent]) {
    for (const [scope, isGood] of [
      ['write', true],
      ['', false],
      ['read', false],
    ] as const) {
      const both = [
        isAcceptedByOpa(ways, signed, ...(scope === '' ? [] : ['--scope', scope])),
        await isAccepted(signed, { ...ways.verification, scope }),
      ];
      expect([scope, ...both]).toEqual([scope, isGood, isGood]);
    }
  }
});

test('both leave out files that are excluded', async () => {
  const ways = prepare('RS256');
  const signed = signWithOpa(ways);
  const changed = repack(signed, (file) =>
    file.name === 'data.json' ? { name: '/data.json', content: alter(file) } : keep(file),
  );
  for (const [glob, isGood] of [
    ['data.json', true],
    ['*.json', true],
    ['*.yaml', false],
  ] as const) {
    const both = [
      isAcceptedByOpa(ways, changed, '--exclude-files-verify', glob),
      await isAccepted(changed, { ...ways.verification, excludeFiles: [glob] }),
    ];
    expect([glob, ...both]).toEqual([glob, isGood, isGood]);
  }
});

test('both reject the key of somebody else, and another algorithm of the same key', async () => {
  const ways = prepare('ES256');
  const others = prepare('ES256');
  const signed = signWithOpa(ways);
  expect([isAcceptedByOpa(others, signed), await isAccepted(signed, others.verification)]).toEqual([
    false,
    false,
  ]);
  const rsa = prepare('RS256');
  const pss = prepare('PS256');
  const signedRsa = signWithOpa(rsa);
  expect([isAcceptedByOpa(pss, signedRsa), await isAccepted(signedRsa, pss.verification)]).toEqual([
    false,
    false,
  ]);
});
