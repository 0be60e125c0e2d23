// Why a scan could not be carried out.

export type ScanErrorCode = 'server-failed' | 'bad-answer' | 'file-exists' | 'not-written';

export class ScanError extends Error {
  readonly code: ScanErrorCode;

  constructor(code: ScanErrorCode, message: string, cause: unknown = undefined) {
    super(message, { cause });
    this.name = 'ScanError';
    this.code = code;
  }
}
