// The keys of regent.yaml as tables: which stand where, and what they mean. docs/operations.md shows them.
import type { KeyTable } from '../../../compiler/schema/grammar.ts';

export const SETTING_KEYS = {
  policy: { form: 'file or list of files', meaning: 'As `-c`.' },
  server: { form: 'name', meaning: 'As `--server`.' },
  agent: { form: 'name', meaning: 'As `--agent`.' },
  state: { form: 'file', meaning: 'As `--state`.' },
  durability: { form: 'full or normal', meaning: 'As `--durability`.' },
  hold: { form: 'duration', meaning: 'As `--hold`.' },
  log_level: { form: 'level', meaning: 'As `--log-level`.' },
  command: { form: 'list', meaning: "The server's command and its arguments, as after `--`." },
  upstream: { form: 'URL or upstream', meaning: 'As `--upstream`.' },
  listen: { form: 'address or listener', meaning: 'As `--listen`.' },
  identity: { form: 'identity', meaning: 'How agents over HTTP prove who they are.' },
  limits: { form: 'limits', meaning: 'What is too much.' },
  approvals: { form: 'approvals', meaning: 'How humans are asked.' },
  console: { form: 'address or console', meaning: 'As `--console`.' },
  opa: { form: 'file', meaning: 'As `--opa`.' },
  keys: { form: 'key id -> key', meaning: 'Keys that bundles are signed with, as in OPA.' },
  signing: { form: 'signing', meaning: 'How the bundle of `policy` must be signed.' },
} as const satisfies KeyTable;

export const VERIFICATION_KEY_KEYS = {
  key: {
    form: 'text, {env: NAME} or {file: FILE}',
    meaning: 'A public key or certificate in PEM; for HS256, HS384 and HS512 the secret. Required.',
  },
  algorithm: { form: 'ES256 … RS512', meaning: 'What the key signs with; `RS256` by default.' },
  scope: { form: 'text', meaning: 'The scope that its signatures must name; none by default.' },
} as const satisfies KeyTable;

export const SIGNING_KEYS = {
  keyid: { form: 'key id', meaning: 'The key to verify with; the one that the signature names by default.' },
  scope: { form: 'text', meaning: 'The scope that the signature must name; that of the key by default.' },
  exclude_files: { form: 'list of globs', meaning: 'Files of the bundle that need not be signed.' },
} as const satisfies KeyTable;

export const UPSTREAM_KEYS = {
  url: { form: 'URL', meaning: 'As `--upstream`. Required.' },
  headers: {
    form: 'name -> text, {env: NAME} or {file: FILE}',
    meaning: 'Header fields of every request to the server; secrets can stay in the environment or a file.',
  },
} as const satisfies KeyTable;

export const SECRET_KEYS = {
  env: { form: 'name', meaning: 'The environment variable that holds the value.' },
  file: { form: 'file', meaning: 'The file that holds the value; a line break at its end is left out.' },
} as const satisfies KeyTable;

export const LISTEN_KEYS = {
  address: { form: 'HOST:PORT', meaning: 'As `--listen`. Required.' },
  path: { form: 'path', meaning: 'As `--path`.' },
  public_url: { form: 'URL', meaning: 'As `--public-url`.' },
  token_file: { form: 'file', meaning: 'As `--token-file`.' },
  allowed_hosts: {
    form: 'list of host names',
    meaning: 'Names that clients may call it by, besides its own.',
  },
  allowed_origins: { form: 'list of origins', meaning: 'Web pages that may call it from a browser.' },
} as const satisfies KeyTable;

export const IDENTITY_KEYS = {
  required: {
    form: 'true or false',
    meaning: 'Every caller must prove who it is, also where the policy names no agents. `false` by default.',
  },
  jwt: { form: 'jwt', meaning: "Callers send JWTs of the organisation's issuer." },
} as const satisfies KeyTable;

export const JWT_KEYS = {
  issuer: { form: 'text', meaning: 'What `iss` must be. Required.' },
  audience: { form: 'text or list', meaning: 'One of these must be in `aud`. Required.' },
  jwks: { form: 'URL or file', meaning: "The issuer's public keys. Required." },
  algorithms: {
    form: 'list',
    meaning: 'Signature algorithms that are accepted; `[RS256, ES256, EdDSA]` by default.',
  },
  agent_claim: {
    form: 'path',
    meaning: 'The claim that names the agent, such as `sub` (default) or `act.sub`.',
  },
  clock_skew: { form: 'duration', meaning: 'By how much clocks may differ; `30s` by default.' },
} as const satisfies KeyTable;

export const LIMIT_KEYS = {
  body: { form: 'size', meaning: 'Of one message; `64MiB` by default.' },
  headers: { form: 'size', meaning: 'Of the header fields of a request; `16KiB` by default.' },
  connections: { form: 'number', meaning: 'Connections at a time; 1000 by default.' },
  sessions: { form: 'number', meaning: 'Sessions at a time; 1000 by default.' },
  session_idle: {
    form: 'duration',
    meaning: 'After so long an unused session in front of a command ends; `30m` by default.',
  },
} as const satisfies KeyTable;

export const APPROVAL_KEYS = {
  use_within: {
    form: 'duration',
    meaning:
      'How long an approved call may take to come again before its approval is void; `10m` by default.',
  },
  waiting_per_agent: {
    form: 'number',
    meaning: 'Requests of one agent that wait at a time; 20 by default. Further calls are denied.',
  },
  webhook: { form: 'webhook', meaning: 'Tells people of every step.' },
} as const satisfies KeyTable;

export const WEBHOOK_KEYS = {
  url: {
    form: 'URL, {env: NAME} or {file: FILE}',
    meaning: 'Where the steps are posted to. Required.',
  },
  secret: { form: '{env: NAME} or {file: FILE}', meaning: 'The key of the signatures. Required.' },
  format: { form: 'json or slack', meaning: 'What is posted; `json` by default.' },
} as const satisfies KeyTable;

export const CONSOLE_KEYS = {
  address: { form: 'HOST:PORT', meaning: 'As `--console`.' },
  url: {
    form: 'URL',
    meaning: "The console's URL as people see it, for links; also of one that runs elsewhere.",
  },
} as const satisfies KeyTable;
