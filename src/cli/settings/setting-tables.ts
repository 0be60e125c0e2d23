// Where each key of regent.yaml stands, as messages say it. What belongs in a policy is often written there.
import { type KeyPlaces, POLICY_KEYS } from '../../../compiler/schema/grammar.ts';
import {
  BUNDLE_KEYS,
  CREDENTIAL_KEYS,
  DECISION_LOG_KEYS,
  OPA_KEYS,
  POLLING_KEYS,
  REPORTING_KEYS,
  SERVICE_KEYS,
  STATUS_KEYS,
} from './opa/opa-keys.ts';
import {
  APPROVAL_KEYS,
  CONSOLE_KEYS,
  IDENTITY_KEYS,
  JWT_KEYS,
  LIMIT_KEYS,
  LISTEN_KEYS,
  SETTING_KEYS,
  SIGNING_KEYS,
  UPSTREAM_KEYS,
  WEBHOOK_KEYS,
} from './setting-keys.ts';

export const SETTING_TABLES: KeyPlaces = [
  ['the top level of the file', { ...SETTING_KEYS, ...OPA_KEYS }],
  ['upstream', UPSTREAM_KEYS],
  ['listen', LISTEN_KEYS],
  ['identity', IDENTITY_KEYS],
  ['identity.jwt', JWT_KEYS],
  ['signing', SIGNING_KEYS],
  ['limits', LIMIT_KEYS],
  ['approvals', APPROVAL_KEYS],
  ['approvals.webhook', WEBHOOK_KEYS],
  ['console', CONSOLE_KEYS],
  ['a service', SERVICE_KEYS],
  ['credentials', CREDENTIAL_KEYS],
  ['a bundle', BUNDLE_KEYS],
  ['polling', POLLING_KEYS],
  ['decision_logs', DECISION_LOG_KEYS],
  ['reporting', REPORTING_KEYS],
  ['status', STATUS_KEYS],
  ['a policy', POLICY_KEYS],
];
