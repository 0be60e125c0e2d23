// `approvals` and `console` of regent.yaml, and --console: what they mean, and every problem with its place.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { formatDiagnostic } from '../../../compiler/model/diagnostic.ts';
import { readConfig } from '../../../src/cli/settings/read-config.ts';
import type { SidecarFlags } from '../../../src/cli/settings/read-flags.ts';
import { readSidecarOptions } from '../../../src/cli/settings/sidecar-options.ts';

const SECRET = 'of-the-webhook-key';
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'regent-settings-'));
  writeFileSync(path.join(folder, 'key'), `${SECRET}\n`, { mode: 0o600 });
  writeFileSync(path.join(folder, 'open-key'), SECRET, { mode: 0o644 });
  writeFileSync(path.join(folder, 'empty-key'), '\n', { mode: 0o600 });
  vi.stubEnv('WEBHOOK_KEY', SECRET);
  vi.stubEnv('EMPTY_KEY', '');
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function read(text: string) {
  const { settings, diagnostics } = readConfig(path.join(folder, 'regent.yaml'), text);
  const problems = diagnostics.map((one) => formatDiagnostic(one).replace(`${folder}/`, ''));
  return { settings, problems };
}

describe('regent.yaml', () => {
  test.each<[string, string, object]>([
    [
      'both times and limits',
      'approvals: {use_within: 90s, waiting_per_agent: 7}',
      { useWithinMs: 90_000, waitingPerAgent: 7 },
    ],
    [
      'a webhook whose key is in the environment',
      'approvals:\n  webhook: {url: "https://hooks.example.com/a?b=c", secret: {env: WEBHOOK_KEY}}',
      {
        webhook: {
          url: new URL('https://hooks.example.com/a?b=c'),
          key: Buffer.from(SECRET),
          format: 'json',
        },
      },
    ],
    [
      'a webhook whose key is in a file beside it',
      'approvals: {webhook: {url: "http://127.0.0.1:9/", secret: {file: key}, format: slack}}',
      { webhook: { url: new URL('http://127.0.0.1:9/'), key: Buffer.from(SECRET), format: 'slack' } },
    ],
    ['a console by its address', 'console: 127.0.0.1:9000', { console: { host: '127.0.0.1', port: 9000 } }],
    ['a console by its port', 'console: 0', { console: { host: '127.0.0.1', port: 0 } }],
    [
      'a console behind a proxy',
      'console: {address: "[::1]:1", url: "https://regent.example.com/"}',
      { console: { host: '::1', port: 1 }, consoleUrl: new URL('https://regent.example.com/') },
    ],
    [
      'a console elsewhere',
      'console: {url: "https://regent.example.com"}',
      { consoleUrl: new URL('https://regent.example.com/') },
    ],
    ['nothing', 'approvals: {}\nconsole: {}', {}],
  ])('takes %s', (_name, text, expected) => {
    expect(read(text)).toEqual({ settings: expected, problems: [] });
  });

  const WEBHOOK = 'approvals:\n  webhook:\n    ';
  test.each<[string, ...string[]]>([
    ['approvals: 5', 'regent.yaml:1:12 wrong-type  5 stands where a mapping is expected (approvals)'],
    ['aprovals: {}', 'regent.yaml:1:1 unknown-key  "aprovals" is not a key here; did you mean "approvals"?'],
    [
      'approvals: {use_witin: 5m}',
      'regent.yaml:1:13 unknown-key  "use_witin" is not a key here (approvals); did you mean "use_within"?',
    ],
    [
      'approvals: {use_within: 10}',
      'regent.yaml:1:25 bad-value  10 is not a duration; write it as 45s or 2m (approvals.use_within)',
    ],
    [
      'approvals:\n  waiting_per_agent: 0\n  use_within: soon',
      'regent.yaml:2:22 bad-value  0 is not a whole number from 1 to 999999 (approvals.waiting_per_agent)',
      'regent.yaml:3:15 bad-value  "soon" is not a duration; write it as 45s or 2m (approvals.use_within)',
    ],
    [
      'approvals: {waiting_per_agent: 1.5}',
      'regent.yaml:1:32 bad-value  1.5 is not a whole number from 1 to 999999 (approvals.waiting_per_agent)',
    ],
    [
      `${WEBHOOK}format: json`,
      'regent.yaml:3:5 missing-key  "url" is missing here (approvals.webhook)',
      'regent.yaml:3:5 missing-key  "secret" is missing here (approvals.webhook)',
    ],
    [
      `${WEBHOOK}url: hooks.example.com\n    secret: {env: NO_SUCH_KEY}\n    format: xml\n    urls: 1`,
      'regent.yaml:3:10 bad-value  "hooks.example.com" is not an URL; write it as https://regent.example.com (approvals.webhook.url)',
      'regent.yaml:4:19 bad-value  "NO_SUCH_KEY" is not set in the environment (approvals.webhook.secret.env)',
      'regent.yaml:5:13 bad-value  "xml" is not one of json, slack (approvals.webhook.format)',
      'regent.yaml:6:5 unknown-key  "urls" is not a key here (approvals.webhook); did you mean "url"?',
    ],
    [
      'console: here',
      'regent.yaml:1:10 bad-value  "here" is not an address; write it as 127.0.0.1:8931 (console)',
    ],
    [
      'console: true',
      'regent.yaml:1:10 wrong-type  true stands where a text is expected (console); write it in quotes: "true"',
    ],
    [
      'console: {adress: "1"}',
      'regent.yaml:1:11 unknown-key  "adress" is not a key here (console); did you mean "address"?',
    ],
    [
      'console: {address: "1:2:3", url: "ftp://x/"}',
      'regent.yaml:1:20 bad-value  "1:2:3" is not an address; write it as 127.0.0.1:8931 (console.address)',
      'regent.yaml:1:34 bad-value  "ftp://x/" is not an http or https URL (console.url)',
    ],
    [
      'console: {url: "https://a:b@x/"}',
      'regent.yaml:1:16 bad-value  the value holds a password, which has no place here (console.url)',
    ],
  ])('%s is refused', (text, ...expected) => {
    expect(read(text).problems).toEqual(expected);
  });

  test.each([
    ['that stands in the file itself', `secret: ${SECRET}`, /where a mapping is expected/],
    ['from nowhere', 'secret: {}', /must have one of env and file/],
    ['from two places', 'secret: {env: WEBHOOK_KEY, file: key}', /must have one of env and file/],
    ['from an empty variable', 'secret: {env: EMPTY_KEY}', /"EMPTY_KEY" is not set in the environment/],
    ['from no file', 'secret: {file: none}', /"none" cannot be read/],
    [
      'from a file that others can read',
      'secret: {file: open-key}',
      /"open-key" can be read by others; run: chmod 600/,
    ],
    ['from an empty file', 'secret: {file: empty-key}', /"empty-key" is empty/],
    ['from a misspelt place', 'secret: {flie: key}', /did you mean "file"\?/],
  ])("a webhook's key %s is refused, and no webhook is made", (_name, secret, expected) => {
    const { settings, problems } = read(`approvals: {webhook: {url: "https://x/", ${secret}}}`);
    expect(problems).toEqual([expect.stringMatching(expected)]);
    expect(settings.webhook).toBeUndefined();
  });
});

describe('the sidecar', () => {
  const options = (flags: SidecarFlags) => readSidecarOptions({ policy: ['p.yaml'], ...flags }, ['cmd']);
  const configOf = (text: string): string => {
    const file = path.join(folder, 'own.yaml');
    writeFileSync(file, text);
    return file;
  };

  test('has limits of its own and no console where nothing is said', async () => {
    expect(await options({})).toMatchObject({
      approvals: { useWithinMs: 600_000, waitingPerAgent: 20, webhook: null },
      console: { address: null, url: null },
    });
  });

  test.each<[string, string | true, object]>([
    ['--console', true, { host: '127.0.0.1', port: 8930 }],
    ['--console 0', '0', { host: '127.0.0.1', port: 0 }],
    ['--console localhost:1', 'localhost:1', { host: 'localhost', port: 1 }],
  ])('takes %s, which wins over the file; the URL stays', async (_name, console, address) => {
    const config = configOf('console: {address: "127.0.0.1:9", url: "https://regent.example.com"}');
    expect((await options({ config })).console.address).toEqual({ host: '127.0.0.1', port: 9 });
    expect((await options({ config, console })).console).toEqual({
      address,
      url: new URL('https://regent.example.com/'),
    });
  });

  test('refuses --console that is no address', async () => {
    await expect(options({ console: 'here' })).rejects.toThrow('--console "here" is not an address');
  });
});
