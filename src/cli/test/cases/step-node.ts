// A step as it stands in the file, its keys known.
import type { Members } from '../../../../compiler/check/read-values.ts';
import type { Scope } from '../../../../compiler/check/report.ts';
import type { YamlNode } from '../../../../compiler/parse/yaml-node.ts';
import type { STEP_KEYS } from './case-keys.ts';

export type StepMembers = Members<typeof STEP_KEYS>;

export interface StepNode {
  readonly node: YamlNode;
  readonly scope: Scope;
  readonly members: StepMembers;
}
