// `keys` and `signing` of regent.yaml, in OPA's own words, good and bad.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { formatDiagnostic } from '../../../compiler/model/diagnostic.ts';
import { readConfig } from '../../../src/cli/settings/read-config.ts';
import { readSidecarOptions } from '../../../src/cli/settings/sidecar-options.ts';
import { RSA, writeKeys } from '../../fixtures/signing-keys.ts';
import { temporaryFolder } from '../../state/temporary-folder.ts';

const PEM = RSA.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const INLINE = PEM.trimEnd().replaceAll(/^/gm, '      ');
let folder = '';
beforeEach(() => {
  folder = temporaryFolder();
  writeKeys(folder, 'RS256');
  writeFileSync(path.join(folder, 'secret'), 'a secret\n', { mode: 0o600 });
  writeFileSync(path.join(folder, 'open-secret'), 'a secret\n', { mode: 0o644 });
});

function optionsOf(text: string, flags: object = {}) {
  const config = path.join(folder, 'regent.yaml');
  writeFileSync(config, `policy: bundle.tar.gz\n${text}`);
  return readSidecarOptions({ config, ...flags }, ['cmd']);
}

describe('keys', () => {
  test('stand in the file as in OPA, or in a file of their own', async () => {
    const text = `keys:\n  a:\n    key: |\n${INLINE}\n    scope: write\n  b: {key: {file: RS256.pub}, algorithm: PS256}\n`;
    expect((await optionsOf(text)).verification).toEqual({
      keys: {
        a: { key: PEM, algorithm: 'RS256', scope: 'write' },
        b: { key: PEM, algorithm: 'PS256', scope: '' },
      },
      keyId: '',
      scope: '',
      excludeFiles: [],
    });
  });

  test('are secrets for HS256: in the file, in the environment, or in a file that others cannot read', async () => {
    process.env.BUNDLE_SECRET = 'from outside';
    onTestFinished(() => void delete process.env.BUNDLE_SECRET);
    const hs = 'algorithm: HS256';
    const text = `keys:\n  a: {key: plain, ${hs}}\n  b: {key: {env: BUNDLE_SECRET}, ${hs}}\n  c: {key: {file: secret}, ${hs}}\n`;
    const keys = (await optionsOf(text)).verification?.keys ?? {};
    expect(Object.values(keys).map(({ key }) => key)).toEqual(['plain', 'from outside', 'a secret']);
  });

  test('go with what signing says', async () => {
    const text =
      'keys: {a: {key: {file: RS256.pub}}}\nsigning: {keyid: a, scope: w, exclude_files: [data.json, "*.txt"]}\n';
    expect((await optionsOf(text)).verification).toMatchObject({
      keyId: 'a',
      scope: 'w',
      excludeFiles: ['data.json', '*.txt'],
    });
  });

  test('give way to a key on the command line', async () => {
    const flags = { verificationKey: path.join(folder, 'RS256.pub'), signingAlg: 'PS256', scope: 'x' };
    expect((await optionsOf('keys: {a: {key: {file: RS256.pub}}}\n', flags)).verification).toMatchObject({
      keys: { default: { algorithm: 'PS256', scope: 'x' } },
      keyId: 'default',
    });
  });

  test('are none where nothing is said', async () => {
    expect((await optionsOf('')).verification).toBeNull();
  });
});

test.each([
  ['signing without keys', 'signing: {keyid: a}\n', /needs keys to verify with/],
  [
    'signing with a key that is none',
    'keys: {a: {key: {file: RS256.pub}}}\nsigning: {keyid: b}\n',
    /keys has no such key/,
  ],
])('%s is refused', async (_, text, told) => {
  await expect(optionsOf(text)).rejects.toThrow(told);
});

test.each([
  ['a key without a key', 'keys: {a: {algorithm: RS256}}', '"key" is missing'],
  ['an algorithm that OPA does not know', 'keys: {a: {key: x, algorithm: EdDSA}}', 'is not one of ES256'],
  ['a text that is no key', 'keys: {a: {key: x}}', 'cannot be used for RS256: it holds no public key'],
  ['a private key', 'keys: {a: {key: {file: RS256.pem}}}', 'it is a private key'],
  [
    'a public key as a secret',
    'keys: {a: {key: {env: PEM_KEY}, algorithm: HS256}}',
    'the algorithm wants a secret',
  ],
  ['a file that is not there', 'keys: {a: {key: {file: none.pub}}}', 'cannot be read'],
  ['a secret that others can read', 'keys: {a: {key: {file: open-secret}, algorithm: HS256}}', 'chmod 600'],
  ['two places of a key', 'keys: {a: {key: {file: RS256.pub, env: X}}}', 'one of env and file'],
  ['a key that is no mapping', 'keys: {a: x}', 'where a mapping is expected'],
  ['a word that is none', 'keys: {a: {key: x, scpoe: y}}', 'did you mean "scope"'],
  ['a scope that is no text', 'signing: {scope: 5}', 'where a text is expected'],
  ['files that are no texts', 'signing: {exclude_files: [5]}', 'where a text is expected'],
])('%s is a problem', (_, text, told) => {
  process.env.PEM_KEY = PEM;
  onTestFinished(() => void delete process.env.PEM_KEY);
  const { diagnostics } = readConfig(path.join(folder, 'regent.yaml'), `${text}\n`);
  expect(diagnostics.map(formatDiagnostic).join('\n')).toContain(told);
});
