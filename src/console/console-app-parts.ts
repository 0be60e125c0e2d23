// What the application of the console is made of.
import type { ConsoleParts } from './console-parts.ts';
import type { Place } from './guard.ts';
import type { LiveEvents } from './live-events.ts';
import type { Sessions } from './sessions.ts';

export interface AppParts extends ConsoleParts {
  readonly sessions: Sessions;
  readonly live: LiveEvents;
  readonly place: Place;
}
