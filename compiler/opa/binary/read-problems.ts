// What the binary says against modules: as JSON where it can, and as text where it cannot.
import type { OpaProblem } from '../run-opa.ts';
import type { BinaryEnd } from './run-binary.ts';
import type { SourceFolder } from './source-folder.ts';

interface JsonProblem {
  readonly code?: string;
  readonly message?: string;
  readonly location?: { readonly file?: string; readonly row?: number; readonly col?: number };
}

/** At least one: the command has failed. */
export function readProblems({ stdout, stderr }: BinaryEnd, folder: SourceFolder): OpaProblem[] {
  const found = readJson(stderr) ?? readJson(stdout) ?? readLines(`${stdout}\n${stderr}`);
  if (found.length === 0) {
    const message = `${stderr}\n${stdout}`.trim().slice(0, 2000) || 'opa failed and did not say why';
    return [{ code: 'opa', message: message.replace(/^error: /, ''), file: '', row: 0, col: 0 }];
  }
  return found.map((problem) => ({ ...problem, file: folder.pathOf(problem.file) }));
}

/** `{"errors": […]}` of `opa check` and `opa test`. */
function readJson(text: string): OpaProblem[] | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const { errors = [] } = JSON.parse(text) as { errors?: readonly JsonProblem[] };
    return errors.map(({ code = 'opa', message = '', location = {} }) => {
      const { file = '', row = 0, col = 0 } = location;
      return { code, message, file, row, col };
    });
  } catch {
    return null;
  }
}

/** `regent/x.rego:3: rego_parse_error: unexpected eq token`, one a line among others. */
function readLines(text: string): OpaProblem[] {
  return Array.from(text.matchAll(/(?:^|: )([^\s:]+\.rego):(\d+): (rego_\w+): (.*)$/gm), (match) => {
    const [, file = '', row, code = '', message = ''] = match;
    return { code, message, file, row: Number(row), col: 0 };
  });
}
