// Who builds and tests Rego: the built-in OPA, or the organisation's own binary that --opa, REGENT_OPA or regent.yaml names.
import type { OpaBinary } from '../../../compiler/opa/binary/open-opa-binary.ts';

/** null for the built-in one. Throws `OpaError` where the file is no `opa` of a tested version. */
export async function chooseOpa(file: string | null | undefined): Promise<OpaBinary | null> {
  // An empty REGENT_OPA names none.
  if (file === null || file === undefined || file === '') return null;
  const { openOpaBinary } = await import('../../../compiler/opa/binary/open-opa-binary.ts');
  return openOpaBinary(file);
}
