// What a command prints on stdout. A reader that has seen enough (`regent journal | head`) is no failure.

let isGuarded = false;
let isUnread = false;

/** As it stands: line breaks are the caller's. */
export function printOut(text: string): void {
  if (!isGuarded) {
    isGuarded = true;
    process.stdout.on('error', noteFailure);
  }
  process.stdout.write(text);
}

/** Whether nobody gets any more of what is printed: what would print on may stop. */
export function isOutputUnread(): boolean {
  return isUnread;
}

function noteFailure({ code, message }: NodeJS.ErrnoException): void {
  if (!isUnread && code !== 'EPIPE') {
    process.stderr.write(`regent: the output cannot be written: ${message}\n`);
    process.exitCode = 2;
  }
  isUnread = true;
}
