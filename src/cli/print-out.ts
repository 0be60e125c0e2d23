// What a command prints on stdout. A reader that has seen enough (`regent journal | head`) is no failure.

let isGuarded = false;

/** As it stands: line breaks are the caller's. */
export function printOut(text: string): void {
  if (!isGuarded) {
    isGuarded = true;
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  process.stdout.write(text);
}
