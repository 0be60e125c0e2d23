// Runs asynchronous tasks one after another, in the order they were asked for.

export type RunInOrder = <T>(task: () => Promise<T>) => Promise<T>;

/** A task that fails does not keep the next ones from running. Where none is running, one starts at once. */
export function createSerialQueue(): RunInOrder {
  let last: Promise<void> | null = null;
  return (task) => {
    const result = last === null ? task() : last.then(task);
    const leave = (): void => {
      if (last === left) last = null;
    };
    const left = result.then(leave, leave);
    last = left;
    return result;
  };
}
