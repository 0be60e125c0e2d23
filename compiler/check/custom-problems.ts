// What OPA says against hand-written modules, as problems of the policy.
import type { RegoFile } from '../model/custom-rego.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { escapeText } from '../parse/quote-text.ts';

interface RegoProblem {
  readonly code: string;
  readonly message: string;
  readonly file: string;
  readonly row: number;
  readonly col: number;
}

/** `files` by their paths in the bundle. A problem without a place stands at the start of the first file. */
export function explainRegoProblem(
  { code, message, file, row, col }: RegoProblem,
  files: ReadonlyMap<string, RegoFile>,
): Diagnostic {
  const name = files.get(file)?.name ?? [...files.values()][0]?.name ?? file;
  const position = { file: name, line: Math.max(row, 1), column: Math.max(col, 1) };
  return { ...kindOf(code), position, path: '', message: escapeText(message) };
}

function kindOf(code: string): Pick<Diagnostic, 'code' | 'suggestion'> {
  switch (code) {
    case 'rego_parse_error':
      return { code: 'rego-syntax', suggestion: null };
    case 'custom_package':
      return {
        code: 'rego-package',
        suggestion: 'begin it with regent.custom, such as regent.custom.budget',
      };
    case 'custom_contract':
      return { code: 'rego-contract', suggestion: 'see docs/custom-rego.md' };
    case 'custom_builtin':
      return { code: 'rego-function', suggestion: null };
    case 'custom_reference':
      return { code: 'rego-reference', suggestion: null };
    default:
      return { code: 'rego-error', suggestion: null };
  }
}
