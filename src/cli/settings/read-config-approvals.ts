// `approvals` and `console` of regent.yaml.
import { missingKey, readMembers, readWord } from '../../../compiler/check/read-values.ts';
import type { Scope } from '../../../compiler/check/report.ts';
import type { YamlNode } from '../../../compiler/parse/yaml-node.ts';
import { webhookKey } from '../../approvals/webhook/sign-event.ts';
import { readSecret } from './read-config-secret.ts';
import { readFields, readWith, settingOf } from './read-config-values.ts';
import { readAddress, readCount, readDuration, readOtherUrl } from './read-setting.ts';
import { APPROVAL_KEYS, CONSOLE_KEYS, WEBHOOK_KEYS } from './setting-keys.ts';
import type { Settings, WebhookSettings } from './settings.ts';

type InFolder = (name: string) => string;

export function readApprovals(node: YamlNode, scope: Scope, inFolder: InFolder): Settings {
  return readFields(readMembers(node, scope, APPROVAL_KEYS), {
    use_within: (value, at) => settingOf('useWithinMs', readWith(value, at, readDuration)),
    waiting_per_agent: (value, at) => settingOf('waitingPerAgent', readWith(value, at, readCount)),
    webhook: (value, at) => settingOf('webhook', readWebhook(value, at, inFolder)),
  });
}

export function readConsole(node: YamlNode, scope: Scope): Settings {
  if (node.kind === 'scalar') return settingOf('console', readWith(node, scope, readAddress));
  return readFields(readMembers(node, scope, CONSOLE_KEYS), {
    address: (value, at) => settingOf('console', readWith(value, at, readAddress)),
    url: (value, at) => settingOf('consoleUrl', readWith(value, at, readOtherUrl)),
  });
}

function readWebhook(node: YamlNode, scope: Scope, inFolder: InFolder): WebhookSettings | undefined {
  const members = readMembers(node, scope, WEBHOOK_KEYS);
  if (members === undefined) return undefined;
  if (members.url === undefined) missingKey(node, scope, 'url');
  if (members.secret === undefined) missingKey(node, scope, 'secret');
  const { url, secret, format } = members;
  const target = url === undefined ? undefined : readTarget(url.value, url.scope, inFolder);
  const key = secret === undefined ? undefined : readKey(secret.value, secret.scope, inFolder);
  const form = format === undefined ? 'json' : readWord(format.value, format.scope, ['json', 'slack']);
  if (target === undefined || key === undefined || form === undefined) return undefined;
  return { url: target, key, format: form };
}

/** The URL of a chat's webhook is a secret itself: it can stand elsewhere, and is not shown then. */
function readTarget(node: YamlNode, scope: Scope, inFolder: InFolder): URL | undefined {
  if (node.kind === 'scalar') return readWith(node, scope, readOtherUrl);
  const text = readSecret(node, scope, inFolder);
  if (text === undefined) return undefined;
  const read = readOtherUrl(text.trim());
  if ('value' in read) return read.value;
  scope.problem('bad-value', node.position, `what it holds ${read.problem}`);
  return undefined;
}

/** What is wrong with it is told without showing it. */
function readKey(node: YamlNode, scope: Scope, inFolder: InFolder): Buffer | undefined {
  const secret = readSecret(node, scope, inFolder);
  if (secret === undefined) return undefined;
  const key = webhookKey(secret);
  if (key !== null) return key;
  const advice = 'at least 16 bytes, as text, or as whsec_ and base64';
  scope.problem('bad-value', node.position, `the secret is no key: it must hold ${advice}`);
  return undefined;
}
