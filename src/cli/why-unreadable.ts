// Why a file cannot be read, in words rather than system calls.

export function whyUnreadable(cause: unknown): string {
  switch (cause instanceof Error && 'code' in cause ? cause.code : null) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
      return 'its permissions do not allow it';
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}
