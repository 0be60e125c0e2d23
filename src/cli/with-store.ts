// Opens a store for one operation of a command, and closes it whatever comes of it.
import type { StateStore } from '../state/store.ts';

export async function withStore<T>(
  opening: Promise<StateStore>,
  operate: (store: StateStore) => Promise<T>,
): Promise<T> {
  const store = await opening;
  try {
    return await operate(store);
  } finally {
    await store.close();
  }
}
