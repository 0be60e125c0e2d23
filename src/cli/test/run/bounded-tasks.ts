// Runs tasks a few at a time, in the order in which they come.

export type RunTask = <T>(task: () => Promise<T>) => Promise<T>;

export function createBoundedTasks(width: number): RunTask {
  const waiting: Array<() => void> = [];
  let running = 0;
  return async (task) => {
    if (running >= width) await new Promise<void>((start) => waiting.push(start));
    else running += 1;
    try {
      return await task();
    } finally {
      // The place goes to the next in line, or becomes free.
      const start = waiting.shift();
      if (start === undefined) running -= 1;
      else start();
    }
  };
}
