// Tool calls that were read and not sent yet: a cancellation that arrives meanwhile makes them void.

export type VoidReason = 'cancelled' | 'client-gone' | 'server-gone';

export interface CallInFlight {
  /** Why the call can no longer run; null while it can. */
  readonly voided: VoidReason | null;
  /** Aborts when the call is void. Only made for calls that are held: most never need it. */
  signal(): AbortSignal;
  end(): void;
}

export interface CallsInFlight {
  /** `key` is the id's; ids may be in use twice. */
  begin(key: string | null): CallInFlight;
  /** False where no call of that id is waiting: the cancellation is for the server then. */
  cancel(key: string): boolean;
  /** Nothing can run any more, nor what begins later. */
  voidAll(reason: VoidReason): void;
  /** The client has gone away from this one: it is void if it is held, now or later. */
  abandon(key: string): void;
  /** The client sends no more, but may still read: calls that are held are void, now and later; others go on. */
  voidHeld(): void;
}

interface Flight extends CallInFlight {
  readonly key: string | null;
  voided: VoidReason | null;
  controller: AbortController | null;
  isAbandoned: boolean;
}

export function createCallsInFlight(): CallsInFlight {
  const flights = new Set<Flight>();
  let isClientGone = false;
  let allVoid: VoidReason | null = null;
  const makeVoid = (flight: Flight, reason: VoidReason): void => {
    flight.voided ??= reason;
    flight.controller?.abort();
  };
  const signalOf = (flight: Flight): AbortSignal => {
    flight.controller ??= new AbortController();
    if (isClientGone || flight.isAbandoned) flight.voided ??= 'client-gone';
    if (flight.voided !== null) flight.controller.abort();
    return flight.controller.signal;
  };
  return {
    begin: (key) => {
      const flight: Flight = {
        key,
        voided: allVoid,
        controller: null,
        isAbandoned: false,
        signal: () => signalOf(flight),
        end: () => void flights.delete(flight),
      };
      flights.add(flight);
      return flight;
    },
    cancel: (key) => {
      const cancelled = [...flights].filter((flight) => flight.key === key);
      for (const flight of cancelled) makeVoid(flight, 'cancelled');
      return cancelled.length > 0;
    },
    abandon: (key) => {
      for (const flight of flights) {
        if (flight.key !== key) continue;
        flight.isAbandoned = true;
        if (flight.controller !== null) makeVoid(flight, 'client-gone');
      }
    },
    voidAll: (reason) => {
      allVoid ??= reason;
      for (const flight of flights) makeVoid(flight, reason);
    },
    voidHeld: () => {
      isClientGone = true;
      for (const flight of flights) if (flight.controller !== null) makeVoid(flight, 'client-gone');
    },
  };
}
