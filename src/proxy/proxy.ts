// The sidecar between one client and one server, from the first message to the end of either.

import type { CutLine, ServerExit } from '../transport/transport.ts';
import { createClientMessages } from './client-messages.ts';
import { errorMessage, INTERNAL_ERROR, INVALID_REQUEST } from './json-rpc.ts';
import { answerLine, toolsChangedLine } from './own-lines.ts';
import { findCutId } from './read/find-cut-id.ts';
import type { ReadLine } from './read/read-message.ts';
import { loseRequest, OVERSIZE, receiveFromServer } from './server-messages.ts';
import { createSession, type ProxyParts, type Session, sendToClient } from './session.ts';

export interface ProxyEnd {
  /** How the server ended, and whether it ended on its own while the client was still there. */
  readonly exit: ServerExit;
  readonly endedFirst: boolean;
}

export interface RunningProxy {
  readonly finished: Promise<ProxyEnd>;
  /** After a change of policy: the client is told to list the tools again, where the server announces such changes. */
  announceToolChanges(): void;
  /** Ends the session as if the client had gone away. */
  stop(): void;
  /** The client no longer waits for the answer to this request (its id as `idKey` makes it). */
  abandon(key: string): void;
  /** A message of the client that was read before; for clients that are no stream of lines. */
  accept(line: Buffer, reading: ReadLine): void;
}

export function startProxy(parts: ProxyParts): RunningProxy {
  const session = createSession(parts);
  const { client, server } = session;
  const messages = createClientMessages(session);
  let isStopping = false;

  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    messages.inFlight.voidHeld();
    void session.idle().then(() => server.stop());
  };
  client.onLine(messages.receive);
  client.onOversize((cut) => rejectOversize(session, cut));
  client.onEnd(stop);
  client.onDrain(() => server.resume());
  server.onLost((lost) => session.track(loseRequest(session, lost)));
  server.onLine((line) => receiveFromServer(session, line));
  server.onOversize((cut) => session.track(loseOversize(session, cut)));

  const finish = async (): Promise<ProxyEnd> => {
    const exit = await server.exited;
    const endedFirst = !isStopping;
    isStopping = true;
    answerPending(session, exit);
    messages.inFlight.voidAll('server-gone');
    await session.idle();
    return { exit, endedFirst };
  };
  return {
    finished: finish(),
    stop,
    accept: messages.accept,
    abandon: messages.inFlight.abandon,
    announceToolChanges: () => {
      if (session.traits.announcesToolChanges) sendToClient(session, toolsChangedLine(null));
      for (const { idText } of session.pending.toolListeners()) {
        sendToClient(session, toolsChangedLine(idText));
      }
    },
  };
}

function rejectOversize(session: Session, cut: CutLine): void {
  const found = findCutId(cut);
  const idText = found?.kind === 'request' ? found.idText : null;
  const message = 'Rejected by Regent: the message is over the size limit. Nothing was forwarded.';
  sendToClient(
    session,
    answerLine({ idText, text: errorMessage(idText, { code: INVALID_REQUEST, message }) }),
  );
}

async function loseOversize(session: Session, cut: CutLine): Promise<void> {
  session.log.error('the server sent a message over the size limit; it was dropped');
  const found = findCutId(cut);
  if (found?.kind !== 'response') return;
  await loseRequest(session, { idText: found.idText, mayHaveRun: true, detail: OVERSIZE });
}

/** The server is gone: nobody else can answer these any more. */
function answerPending(session: Session, { code, signal }: ServerExit): void {
  const how = signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
  for (const { idText, verdict } of session.pending.takeAll()) {
    if (verdict !== null) session.results.record(verdict.id, 'server-died');
    const message = `The MCP server ended (${how}) before it answered; what it did of this request is unknown.`;
    sendToClient(
      session,
      answerLine({ idText, text: errorMessage(idText, { code: INTERNAL_ERROR, message }) }),
    );
  }
}
