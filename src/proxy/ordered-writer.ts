// Keeps what goes to the server in the order in which the client sent it, although calls wait for their decision.
//
//   reserve ──▶ [ ready ][ waiting ][ ready ] ──▶ written from the front, up to the first that still waits

/** A place in the order. Each is settled once, by one of the two. */
export interface ReservedPlace<T> {
  send(item: T): void;
  drop(): void;
}

export interface OrderedWriter<T> {
  /** Takes the next place; nothing that comes later passes it. */
  reserve(): ReservedPlace<T>;
  send(item: T): void;
  /** Places that wait. */
  readonly waiting: number;
}

interface Place<T> {
  state: 'waiting' | 'ready' | 'dropped';
  item: T | null;
}

export function createOrderedWriter<T>(write: (item: T) => void): OrderedWriter<T> {
  let places: Place<T>[] = [];

  const flush = (): void => {
    let settled = 0;
    for (const { state, item } of places) {
      if (state === 'waiting') break;
      settled += 1;
      if (item !== null) write(item);
    }
    if (settled > 0) places = places.slice(settled);
  };
  const settle = (place: Place<T>, item: T | null): void => {
    place.state = item === null ? 'dropped' : 'ready';
    place.item = item;
    if (places[0] === place) flush();
  };
  return {
    reserve: () => {
      const place: Place<T> = { state: 'waiting', item: null };
      places.push(place);
      return { send: (item) => settle(place, item), drop: () => settle(place, null) };
    },
    send: (item) => {
      if (places.length === 0) write(item);
      else places.push({ state: 'ready', item });
    },
    get waiting() {
      return places.length;
    },
  };
}
