// OPA's keys in regent.yaml as tables, in OPA's own words; and those of OPA's that Regent does not have, with what to do.
import type { KeyTable } from '../../../../compiler/schema/grammar.ts';

export const OPA_KEYS = {
  services: { form: 'list, or name -> service', meaning: 'Services that the keys below name.' },
  bundles: {
    form: 'name -> bundle',
    meaning: 'The one bundle that the policy comes from, instead of `policy`.',
  },
  labels: { form: 'name -> text', meaning: 'Stand in every decision and status that is reported.' },
  decision_logs: { form: 'decision logs', meaning: 'Where decisions are uploaded to.' },
  status: { form: 'status', meaning: 'Where the state of bundle and decision logs is reported to.' },
  persistence_directory: {
    form: 'folder',
    meaning: 'Where bundles with `persist` are kept; `~/.regent/persisted` by default.',
  },
} as const satisfies KeyTable;

export const SERVICE_KEYS = {
  name: { form: 'name', meaning: 'Only in a list of services.' },
  url: { form: 'URL', meaning: 'What resources are joined to. Required.' },
  headers: { form: 'name -> text', meaning: 'Header fields of every request.' },
  response_header_timeout_seconds: { form: 'number', meaning: '10 by default.' },
  credentials: { form: 'credentials', meaning: 'How Regent proves itself.' },
  tls: { form: 'tls', meaning: 'How the service proves itself.' },
} as const satisfies KeyTable;

export const CREDENTIAL_KEYS = {
  bearer: { form: 'bearer', meaning: 'A token in `Authorization`.' },
  client_tls: { form: 'client certificate', meaning: 'A certificate of its own.' },
} as const satisfies KeyTable;

export const BEARER_KEYS = {
  scheme: { form: 'text', meaning: '`Bearer` by default.' },
  token: { form: 'text, {env: NAME} or {file: FILE}', meaning: 'The token.' },
  token_path: { form: 'file', meaning: 'Holds the token; read anew for every request.' },
} as const satisfies KeyTable;

export const CLIENT_TLS_KEYS = {
  cert: { form: 'file', meaning: 'The certificate, PEM. Required.' },
  private_key: { form: 'file', meaning: 'Its private key, PEM. Required.' },
  private_key_passphrase: { form: 'text, {env: NAME} or {file: FILE}', meaning: 'Of an encrypted key.' },
} as const satisfies KeyTable;

export const TLS_KEYS = {
  ca_cert: { form: 'file', meaning: "Certificates that sign the service's, PEM." },
  system_ca_required: { form: 'true or false', meaning: 'Those that Node knows are good, too.' },
} as const satisfies KeyTable;

export const BUNDLE_KEYS = {
  service: { form: 'name', meaning: 'The bundle server; the first of `services` by default.' },
  resource: {
    form: 'path, or file:// URL',
    meaning: "Below the service's URL; `bundles/<name>` by default.",
  },
  polling: { form: 'polling', meaning: 'How often is asked.' },
  persist: { form: 'true or false', meaning: 'Kept on disk, for starts while the service is down.' },
  signing: { form: 'signing', meaning: 'What the signature must be.' },
  size_limit_bytes: { form: 'number', meaning: 'Of the archive; 67108864 by default.' },
} as const satisfies KeyTable;

export const POLLING_KEYS = {
  min_delay_seconds: { form: 'number', meaning: '60 by default.' },
  max_delay_seconds: { form: 'number', meaning: '120 by default.' },
  long_polling_timeout_seconds: {
    form: 'number',
    meaning: 'For how long the server may hold a request, where it offers that.',
  },
} as const satisfies KeyTable;

export const DECISION_LOG_KEYS = {
  service: { form: 'name', meaning: 'The first of `services` by default, unless `console` is true.' },
  resource: { form: 'path', meaning: "Below the service's URL; `/logs` by default." },
  partition_name: { form: 'text', meaning: '`/logs/<partition_name>`.' },
  console: { form: 'true or false', meaning: 'Prints each event to stderr.' },
  reporting: { form: 'reporting', meaning: 'How often, how much.' },
} as const satisfies KeyTable;

export const REPORTING_KEYS = {
  min_delay_seconds: { form: 'number', meaning: '300 by default.' },
  max_delay_seconds: { form: 'number', meaning: '600 by default.' },
  upload_size_limit_bytes: { form: 'number', meaning: 'Of one upload, compressed; 32768 by default.' },
  max_decisions_per_second: { form: 'number', meaning: 'More are left out, and counted.' },
} as const satisfies KeyTable;

export const STATUS_KEYS = {
  service: { form: 'name', meaning: 'The first of `services` by default, unless `console` is true.' },
  partition_name: { form: 'text', meaning: '`/status/<partition_name>`.' },
  console: { form: 'true or false', meaning: 'Prints each report to stderr.' },
  prometheus: { form: 'true or false', meaning: 'Serves the counts at `/metrics` of the listener.' },
} as const satisfies KeyTable;
