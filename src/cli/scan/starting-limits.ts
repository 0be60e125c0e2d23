// Suggests rules for a tool from its group and its input schema; they stand in comments until someone means them.
import { yamlScalar } from './comment-text.ts';
import type { ScannedParameter, ScannedTool } from './scanned-tool.ts';
import type { ToolGroup } from './tool-groups.ts';

/** Longer lists would bury the policy. */
const ENUM_MAX = 20;
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,60}$/;

/** YAML lines of rule items, without indentation of their own. */
export function suggestRules(tool: ScannedTool, group: ToolGroup): string[] {
  return [
    `- rate_limit: ${group.rateLimit}`,
    ...suggestSpend(tool),
    ...suggestEnums(tool),
    ...(group.id === 'silent' ? ['- action: require_approval'] : []),
  ];
}

function suggestSpend({ parameters }: ScannedTool): string[] {
  const amount = parameters.find(({ name, types }) => name === 'amount' && isNumeric(types));
  if (amount === undefined) return [];
  const currency = parameters.find(({ name, types }) => name === 'currency' && types.includes('string'));
  // Whole numbers are most often minor units already.
  const caps = amount.types.includes('number')
    ? ['per_call: 100.00', 'daily: 1000.00']
    : ['per_call: 10000', 'daily: 100000', 'scale: 0'];
  const rest = currency?.isRequired ? ['currency: args.currency'] : [];
  return ['- spend:', ...[...caps, ...rest].map((line) => `    ${line}`)];
}

function isNumeric(types: readonly string[]): boolean {
  return types.includes('number') || types.includes('integer');
}

function suggestEnums({ parameters }: ScannedTool): string[] {
  const lines = parameters.flatMap((parameter) => {
    const values = enumText(parameter);
    const note = parameter.isRequired ? '' : '  # denies calls that leave it out';
    return values === null ? [] : [`    ${parameter.name}: { enum: [${values}] }${note}`];
  });
  return lines.length === 0 ? [] : ['- arguments:', ...lines];
}

function enumText({ name, values }: ScannedParameter): string | null {
  if (values === null || values.length > ENUM_MAX || !PLAIN_NAME.test(name)) return null;
  const scalars = [...new Set(values)].map(yamlScalar);
  return scalars.includes(null) ? null : scalars.join(', ');
}
