// Keeps what goes to the server in the order in which the client sent it, although calls wait for their decision.
//
//   reserve ──▶ [ ready ][ waiting ][ ready ] ──▶ written from the front, up to the first that still waits

/** A place in the order. Each is settled once, by one of the two. */
export interface ReservedPlace {
  send(bytes: Buffer): void;
  drop(): void;
}

export interface OrderedWriter {
  /** Takes the next place; nothing that comes later passes it. */
  reserve(): ReservedPlace;
  send(bytes: Buffer): void;
  /** Places that wait. */
  readonly waiting: number;
}

interface Place {
  state: 'waiting' | 'ready' | 'dropped';
  bytes: Buffer | null;
}

export function createOrderedWriter(write: (bytes: Buffer) => void): OrderedWriter {
  let places: Place[] = [];

  const flush = (): void => {
    let settled = 0;
    for (const { state, bytes } of places) {
      if (state === 'waiting') break;
      settled += 1;
      if (bytes !== null) write(bytes);
    }
    if (settled > 0) places = places.slice(settled);
  };
  const settle = (place: Place, bytes: Buffer | null): void => {
    place.state = bytes === null ? 'dropped' : 'ready';
    place.bytes = bytes;
    if (places[0] === place) flush();
  };
  return {
    reserve: () => {
      const place: Place = { state: 'waiting', bytes: null };
      places.push(place);
      return { send: (bytes) => settle(place, bytes), drop: () => settle(place, null) };
    },
    send: (bytes) => {
      if (places.length === 0) write(bytes);
      else places.push({ state: 'ready', bytes });
    },
    get waiting() {
      return places.length;
    },
  };
}
