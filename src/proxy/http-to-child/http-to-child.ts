// HTTP in front of a server that is a command: one child for each session of the older protocols, one shared child for
// protocol 2026-07-28.
import type { ServerPeer } from '../../transport/transport.ts';
import type { CheckedPost } from '../headers/check-headers.ts';
import { checkParamHeaders } from '../headers/check-param-headers.ts';
import { MODERN_VERSION, versionOf } from '../headers/message-facts.ts';
import { UNSUPPORTED_VERSION } from '../headers/status-of.ts';
import { createToolHeaders, type ToolHeaders } from '../headers/tool-headers.ts';
import { takesEvents } from '../http/client-answer.ts';
import type { ClientPost, ClientRequest, HttpBackend } from '../http/client-request.ts';
import { type HttpProblem, replyProblem } from '../http/http-errors.ts';
import { INTERNAL_ERROR, INVALID_REQUEST } from '../json-rpc.ts';
import type { RunningProxy } from '../proxy.ts';
import type { Gate } from '../session.ts';
import { createChildKeeper } from './child-keeper.ts';
import { type ChildSessions, type ChildSessionsOptions, createChildSessions } from './child-sessions.ts';
import { runModernExchange } from './modern-exchange.ts';
import { openStanding, postToSession, startSession } from './session-exchanges.ts';

export interface HttpToChildOptions extends ChildSessionsOptions {
  readonly gate: Gate;
  readonly startServer: () => Promise<ServerPeer>;
}

export function createHttpToChild(options: HttpToChildOptions): HttpBackend {
  const { gate } = options;
  const sessions = createChildSessions(options);
  const keeper = createChildKeeper(options.startServer, gate.log);
  const tools = learningOnly(createToolHeaders());
  const running = new Set<RunningProxy>();

  const postModern = async (request: ClientPost): Promise<void> => {
    const { exchange, reading } = request;
    const post = { body: exchange.body, reading, header: exchange.header };
    const problem = checkVersion(post) ?? checkParamHeaders(post, tools);
    if (problem !== null) return replyProblem(exchange, problem);
    const shared = await keeper.current();
    const hasRoom = shared.room(exchange.onGone);
    if (hasRoom !== null && !(await hasRoom)) {
      const message = 'The MCP server has ended; nothing was forwarded.';
      return replyProblem(exchange, { status: 502, code: INTERNAL_ERROR, message });
    }
    let started: RunningProxy | null = null;
    await runModernExchange(request, { ...options, peer: shared.connect(), tools }, (proxy) => {
      started = proxy;
      running.add(proxy);
    });
    if (started !== null) running.delete(started);
  };
  return {
    post: async (request) => {
      const onOneLine = withoutLineBreaks(request);
      try {
        if (isModern(request)) await postModern(onOneLine);
        else await postLegacy(sessions, onOneLine);
      } catch (error) {
        gate.log.error({ err: error }, 'the server could not be started');
        const message = 'Regent could not start the MCP server. Nothing was forwarded; its log says why.';
        replyProblem(request.exchange, { status: 502, code: INTERNAL_ERROR, message });
      }
    },
    other: (request) => serveOther(sessions, request),
    announceToolChanges: () => {
      sessions.announceToolChanges();
      for (const proxy of running) proxy.announceToolChanges();
    },
    close: async () => {
      await Promise.all([sessions.close(), keeper.close()]);
    },
  };
}

/** A client over HTTP drops tools with header fields that are not valid by itself, or does without. */
function learningOnly(tools: ToolHeaders): ToolHeaders {
  return {
    ...tools,
    learnTool: (line, tool) => {
      tools.learnTool(line, tool);
      return true;
    },
  };
}

function isModern({ reading }: ClientPost): boolean {
  return reading.messages.some((message) => message.isModern);
}

/**
 * A child reads lines. In JSON that was read strictly, line breaks are white space between tokens; with spaces in their
 * place every byte keeps its place.
 */
function withoutLineBreaks(request: ClientPost): ClientPost {
  const { exchange } = request;
  if (exchange.body.indexOf(0x0a) < 0 && exchange.body.indexOf(0x0d) < 0) return request;
  const body = Buffer.from(exchange.body.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte)));
  return { ...request, exchange: Object.create(exchange, { body: { value: body } }) as typeof exchange };
}

/** What HTTP means for a message is Regent's to say here: it can for the version that it knows. */
function checkVersion({ body, reading }: CheckedPost): HttpProblem | null {
  const [message] = reading.messages;
  const version = message === undefined ? null : versionOf(body, message);
  if (version === null || version === MODERN_VERSION || message?.kind !== 'request') return null;
  return {
    status: 400,
    code: UNSUPPORTED_VERSION,
    message: `Unsupported protocol version: ${version}`,
    data: JSON.stringify({ supported: [MODERN_VERSION], requested: version }),
    idText: message.idText,
  };
}

async function postLegacy(sessions: ChildSessions, request: ClientPost): Promise<void> {
  const { exchange, agent, reading } = request;
  if (reading.messages.some(({ method }) => method === 'initialize')) return startSession(sessions, request);
  const session = findSession(sessions, request);
  if (session !== null) await postToSession(session, { exchange, agent, reading });
}

/** Null where it has answered that there is none. */
function findSession(sessions: ChildSessions, { exchange, agent }: ClientRequest) {
  const id = exchange.header('mcp-session-id');
  if (id === undefined) {
    const message = 'Bad Request: the Mcp-Session-Id header is missing; start a session with initialize';
    replyProblem(exchange, { status: 400, code: INVALID_REQUEST, message });
    return null;
  }
  const session = sessions.find(id, agent.id);
  if (session === null) {
    const message = 'Regent does not know this session; start a new one with initialize.';
    replyProblem(exchange, { status: 404, code: INVALID_REQUEST, message });
  }
  return session;
}

async function serveOther(sessions: ChildSessions, request: ClientRequest): Promise<void> {
  const { exchange } = request;
  const isStream = exchange.method === 'GET';
  if (exchange.header('mcp-session-id') === undefined || (isStream && !takesEvents(exchange))) {
    const status = isStream && takesEvents(exchange) ? 405 : isStream ? 406 : 405;
    const headers = [['Allow', 'POST']] as const;
    const message = 'Method not allowed: there is no session to listen to, or to end';
    return replyProblem(exchange, { status, code: INVALID_REQUEST, message, headers });
  }
  const session = findSession(sessions, request);
  if (session === null) return;
  if (isStream) return openStanding(session, exchange);
  await sessions.end(session);
  exchange.reply({ status: 200 });
}
