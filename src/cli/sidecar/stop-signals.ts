// Signals that ask the process to end: the first one ends it politely.

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** What the first signal was, for the exit code. */
export function stopOnSignals(stop: () => void): () => NodeJS.Signals | null {
  let received: NodeJS.Signals | null = null;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      received ??= signal;
      stop();
    });
  }
  return () => received;
}

export function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const received = stopOnSignals(() => resolve(received() ?? 'SIGTERM'));
  });
}
