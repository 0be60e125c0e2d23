// A YAML document as the checks see it: three kinds of node, each with its place, numbers by their digits.
import type { NumberLiteral, Position } from '../model/policy.ts';

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly position: Position;
  readonly value: string | boolean | null | NumberLiteral;
  /** As it is written, for messages. */
  readonly source: string;
}

export interface YamlList {
  readonly kind: 'list';
  readonly position: Position;
  readonly items: readonly YamlNode[];
}

export interface YamlEntry {
  readonly key: string;
  readonly keyPosition: Position;
  readonly value: YamlNode;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly position: Position;
  readonly entries: readonly YamlEntry[];
}

export type YamlNode = YamlScalar | YamlList | YamlMap;
