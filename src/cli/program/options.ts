// Options that several commands share.
import { Option } from 'commander';
import { LOG_LEVELS } from '../../telemetry/log-levels.ts';

export const STATE = [
  '--state <FILE>',
  'the state file of the sidecar (default: ~/.regent/state.db)',
] as const;

export function policyOption(): Option {
  return new Option('-c, --policy <FILE>', 'a policy; give it again for more').argParser(collect);
}

export function requiredPolicy(): Option {
  return policyOption().makeOptionMandatory();
}

export function logLevelOption(): Option {
  return new Option('--log-level <LEVEL>', 'what goes to stderr (default: info)').choices([...LOG_LEVELS]);
}

/** For options that can be given again. */
export function collect(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}
