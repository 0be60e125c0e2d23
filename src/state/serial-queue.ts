// Runs asynchronous tasks one after another, in the order they were asked for.

export type RunInOrder = <T>(task: () => Promise<T>) => Promise<T>;

/** A task that fails does not keep the next ones from running. */
export function createSerialQueue(): RunInOrder {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}
