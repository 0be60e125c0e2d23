// What is remembered of the tools of one server: which arguments go into header fields. Bounded, whatever a server lists.
import type { ParamHeader } from './param-header.ts';

export interface LearntTools {
  /** Nothing is the same as no tool. */
  set(name: string, params: readonly ParamHeader[]): void;
  get(name: string): readonly ParamHeader[];
}

interface Learnt {
  readonly params: readonly ParamHeader[];
  /** Of all its texts. */
  readonly characters: number;
}

export interface Limits {
  readonly tools: number;
  /** Of the texts of all tools. */
  readonly characters: number;
}

const LIMITS: Limits = { tools: 10_000, characters: 4_000_000 };

/** Over a limit the tools that were listed longest ago go first. */
export function createLearntTools(limits: Limits = LIMITS): LearntTools {
  const tools = new Map<string, Learnt>();
  let characters = 0;
  const forget = (name: string): void => {
    characters -= tools.get(name)?.characters ?? 0;
    tools.delete(name);
  };
  return {
    set: (name, params) => {
      forget(name);
      if (params.length === 0) return;
      const learnt = learn(name, params);
      tools.set(copyOf(name), learnt);
      characters += learnt.characters;
      for (const oldest of tools.keys()) {
        if (tools.size <= limits.tools && characters <= limits.characters) break;
        forget(oldest);
      }
    },
    get: (name) => tools.get(name)?.params ?? [],
  };
}

function learn(name: string, params: readonly ParamHeader[]): Learnt {
  const copies = params.map((param) => ({ name: copyOf(param.name), path: param.path.map(copyOf) }));
  const texts = [name, ...copies.flatMap((param) => [param.name, ...param.path])];
  return { params: copies, characters: texts.reduce((sum, text) => sum + text.length, 0) };
}

/** A slice of a tool's text would keep all of it in memory. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
