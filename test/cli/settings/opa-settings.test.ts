// OPA's part of regent.yaml: what is understood, what is refused by name, and secrets that no problem shows.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../../../compiler/model/diagnostic.ts';
import { readConfig } from '../../../src/cli/settings/read-config.ts';
import type { Settings } from '../../../src/cli/settings/settings.ts';
import { readSidecarOptions } from '../../../src/cli/settings/sidecar-options.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'regent-opa-settings-'));
  for (const name of ['ca.pem', 'cert.pem', 'key.pem', 'secret'])
    writeFileSync(path.join(folder, name), `text of ${name}\n`, { mode: 0o600 });
  process.env.REGENT_TEST_TOKEN = 'sesame-2f';
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  delete process.env.REGENT_TEST_TOKEN;
});

const file = (): string => path.join(folder, 'regent.yaml');

function problems(text: string): string[] {
  return readConfig(file(), text).diagnostics.map((problem) =>
    formatDiagnostic(problem).replace(`${file()}:`, ''),
  );
}

function opa(text: string): NonNullable<Settings['opa']> {
  const { settings, diagnostics } = readConfig(file(), text);
  expect(diagnostics).toEqual([]);
  if (settings.opa === undefined) throw new Error('there are no such settings');
  return settings.opa;
}

const SERVICE = 'services: {acme: {url: "https://acme.example.com/v1"}}\n';

test('what names a service or a key that cannot be read is no problem of its own', () => {
  const named =
    'bundles: {pay: {service: acme, signing: {keyid: ci}}}\ndecision_logs: {}\nstatus: {service: acme}\n';
  const broken = 'services: {acme: {url: "ftp://x"}}\nkeys: {ci: {key: abc}}\n';
  expect(problems(`${broken}${named}`)).toEqual([
    '1:24 bad-value  "ftp://x" is not an http or https URL (services.acme.url)',
    '2:18 bad-value  the key cannot be used for RS256: it holds no public key or certificate in PEM (keys.ci.key)',
  ]);
});

test('the password of a service URL is not shown, and has a better place', () => {
  expect(problems('services: {acme: {url: "https://user:pass@acme.example.com/"}}\n')).toEqual([
    '1:24 bad-value  the value holds a password; write it under credentials, or as a header field under headers (services.acme.url)',
  ]);
});

test('an empty file is told as an empty config file', () => {
  expect(problems('')).toEqual([
    '1:1 empty-file  the config file is empty; write settings, or leave --config out',
  ]);
});

describe('services', () => {
  test('are a mapping, or a list with names', () => {
    const mapped = opa(
      'services:\n  a: {url: "https://a/"}\n  b: {url: "https://b/", response_header_timeout_seconds: 3}\n',
    );
    const listed = opa(
      'services:\n  - {name: a, url: "https://a/"}\n  - {name: b, url: "https://b/", response_header_timeout_seconds: 3}\n',
    );
    expect(listed).toEqual(mapped);
    expect(
      mapped.services.map(({ name, responseHeaderTimeoutMs }) => [name, responseHeaderTimeoutMs]),
    ).toEqual([
      ['a', 10_000],
      ['b', 3000],
    ]);
  });

  test.each([
    ['the environment, as in OPA', `"\${REGENT_TEST_TOKEN}"`],
    ['the environment, as elsewhere in regent.yaml', '{env: REGENT_TEST_TOKEN}'],
    ['itself', 'sesame-2f'],
  ])('take a token from %s', (_name, token) => {
    const { services } = opa(
      `services: {a: {url: "https://a/", credentials: {bearer: {token: ${token}}}}}\n`,
    );
    expect(services[0]?.bearer).toEqual({ scheme: 'Bearer', token: { text: 'sesame-2f' } });
  });

  test('take tokens and header values from files, and certificates', () => {
    const { services } = opa(`services:
  a: {url: "https://a/", credentials: {bearer: {token_path: secret, scheme: Token}}, headers: {X-Key: {file: secret}}}
  b:
    url: https://b/
    tls: {ca_cert: ca.pem}
    credentials: {client_tls: {cert: cert.pem, private_key: key.pem, private_key_passphrase: {env: REGENT_TEST_TOKEN}}}
`);
    expect(services[0]?.bearer).toEqual({ scheme: 'Token', token: { file: path.join(folder, 'secret') } });
    expect(services[0]?.headers).toEqual([['X-Key', 'text of secret']]);
    expect(services[1]?.tls).toEqual({
      ca: ['text of ca.pem\n'],
      cert: 'text of cert.pem\n',
      key: 'text of key.pem\n',
      passphrase: 'sesame-2f',
    });
  });
});

describe('bundles, decision logs and status', () => {
  test('have OPA’s defaults', () => {
    const { bundle, decisionLogs, status } = opa(
      `${SERVICE}bundles: {pay: {}}\ndecision_logs: {}\nstatus: {}\n`,
    );
    expect(bundle).toMatchObject({
      name: 'pay',
      source: { kind: 'service', service: 'acme', resource: 'bundles/pay' },
      minDelayMs: 60_000,
      maxDelayMs: 120_000,
      longPollingSeconds: null,
      isPersisted: false,
      verification: null,
    });
    expect(decisionLogs).toEqual({
      upload: { service: 'acme', resource: '/logs' },
      isConsole: false,
      minDelayMs: 300_000,
      maxDelayMs: 600_000,
      uploadBytes: 32_768,
      decisionsPerSecond: null,
    });
    expect(status).toEqual({ service: 'acme', resource: '/status', isConsole: false, isPrometheus: false });
  });

  test('on the console alone need no service', () => {
    const { decisionLogs, status } = opa(
      `${SERVICE}decision_logs: {console: true}\nstatus: {prometheus: true}\n`,
    );
    expect([decisionLogs?.upload, status?.service]).toEqual([null, null]);
  });

  test('with keys must be signed, by the key and for the scope that are named', () => {
    const keys = 'keys: {k1: {key: {env: REGENT_TEST_TOKEN}, algorithm: HS256, scope: read}}\n';
    const { bundle } = opa(
      `${SERVICE}${keys}bundles: {pay: {signing: {keyid: k1, scope: write, exclude_files: ["*.md"]}}}\n`,
    );
    expect(bundle?.verification).toEqual({
      keys: { k1: { key: 'sesame-2f', algorithm: 'HS256', scope: 'read' } },
      keyId: 'k1',
      scope: 'write',
      excludeFiles: ['*.md'],
    });
    expect(opa(`${SERVICE}${keys}bundles: {pay: {}}\n`).bundle?.verification).toMatchObject({ keyId: '' });
  });
});

describe('problems', () => {
  test.each([
    [
      'discovery',
      'discovery: {}\n',
      /^1:1 unsupported-key .*OPA's "discovery" is not supported by Regent; write/,
    ],
    [
      'OAuth',
      'services: {a: {url: "https://a/", credentials: {oauth2: {}}}}\n',
      /OPA's "oauth2" is not supported/,
    ],
    [
      'S3',
      'services: {a: {url: "https://a/", credentials: {s3_signing: {}}}}\n',
      /OPA's "s3_signing" is not supported/,
    ],
    [
      'no check of certificates',
      'services: {a: {url: "https://a/", allow_insecure_tls: true}}\n',
      /"allow_insecure_tls" is not supported/,
    ],
    [
      'buffers',
      `${SERVICE}decision_logs: {reporting: {buffer_size_limit_bytes: 1}}\n`,
      /decisions wait in the journal/,
    ],
    [
      'an unknown key',
      'services: {a: {url: "https://a/", header: {}}}\n',
      /unknown-key .*did you mean "headers"\?/,
    ],
    ['a service without a URL', 'services: {a: {}}\n', /"url" is missing here/],
    ['a listed service without a name', 'services: [{url: "https://a/"}]\n', /"name" is missing here/],
    [
      'a service that stands twice',
      'services: [{name: a, url: "https://a/"}, {name: a, url: "https://b/"}]\n',
      /"a" stands here twice/,
    ],
    [
      'an unknown service',
      `${SERVICE}bundles: {pay: {service: acne}}\n`,
      /"acne" is not in services .*did you mean "acme"\?/,
    ],
    ['no service at all', 'decision_logs: {}\n', /it needs a service/],
    ['several bundles', `${SERVICE}bundles: {a: {}, b: {}}\n`, /from one bundle; several are not supported/],
    ['no bundle', `${SERVICE}bundles: {}\n`, /must have one bundle/],
    ['a name that climbs', `${SERVICE}bundles: {"../x": {}}\n`, /"\.\.\/x" is no name/],
    ['a file that is none', 'bundles: {a: {resource: "file://elsewhere/x"}}\n', /is no URL of a file/],
    [
      'half a pair of delays',
      `${SERVICE}bundles: {a: {polling: {min_delay_seconds: 1}}}\n`,
      /"max_delay_seconds" is missing/,
    ],
    [
      'delays the wrong way round',
      `${SERVICE}bundles: {a: {polling: {min_delay_seconds: 9, max_delay_seconds: 1}}}\n`,
      /longest delay is less/,
    ],
    [
      'a delay of nothing',
      `${SERVICE}bundles: {a: {polling: {min_delay_seconds: 0, max_delay_seconds: 1}}}\n`,
      /at least 1/,
    ],
    [
      'an unknown key id',
      `${SERVICE}keys: {k: {key: x, algorithm: HS256}}\nbundles: {a: {signing: {keyid: j}}}\n`,
      /"j" is not in keys/,
    ],
    ['signing without keys', `${SERVICE}bundles: {a: {signing: {}}}\n`, /signing needs keys/],
    ['an unknown algorithm', 'keys: {k: {key: x, algorithm: none}}\n', /"none" is not one of ES256/],
    [
      'two tokens',
      'services: {a: {url: "https://a/", credentials: {bearer: {token: x, token_path: y}}}}\n',
      /one of token and token_path/,
    ],
    [
      'a partition and a path',
      `${SERVICE}decision_logs: {resource: /x, partition_name: y}\n`,
      /either resource or partition_name/,
    ],
    [
      'a variable that is not set',
      `labels: {a: "\${REGENT_TEST_NONE}"}\n`,
      /"REGENT_TEST_NONE" is not set in the environment/,
    ],
    [
      'a certificate that is not there',
      'services: {a: {url: "https://a/", tls: {ca_cert: none.pem}}}\n',
      /cannot be read/,
    ],
  ])('%s', (_name, text, expected) => {
    expect(problems(text).join('\n')).toMatch(expected);
  });

  test('never show what the environment holds', () => {
    const text = `services:
  a: {url: "\${REGENT_TEST_TOKEN}", headers: {"Bad Name": "\${REGENT_TEST_TOKEN}"}}
  b: {url: "https://b/", credentials: {bearer: {token: "\${REGENT_TEST_TOKEN} \\u0001"}}}
`;
    const told = problems(text);
    expect(told).toHaveLength(3);
    expect(told.join('\n')).not.toContain('sesame');
  });
});

describe('the policy', () => {
  const read = (text: string, flags: object = {}) => {
    writeFileSync(file(), text);
    return readSidecarOptions({ config: file(), ...flags }, ['cmd']);
  };
  const bundles = `${SERVICE}bundles: {pay: {}}\n`;

  test('comes from files or from a bundle server, never from both', async () => {
    await expect(read(`${bundles}server: main\npolicy: p.yaml\n`)).rejects.toThrow(
      'the policy was given twice',
    );
    await expect(read(`${bundles}server: main\n`, { policy: ['p.yaml'] })).rejects.toThrow(
      'the policy was given twice',
    );
    await expect(read(SERVICE)).rejects.toThrow('no policy was given');
  });

  test('of a bundle server needs the name of the MCP server', async () => {
    await expect(read(bundles)).rejects.toThrow('say which MCP server this is');
    expect(await read(bundles, { server: 'main' })).toMatchObject({ policies: [], serverName: 'main' });
  });
});
