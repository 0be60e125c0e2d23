// A server behind an URL, as the SDK's client wants it: over the connections that the sidecar itself uses, so that what
// can be scanned can be stood in front of, with the same credentials and the same words where it fails.
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { openHttpServerPeer } from '../../transport/http/http-server-peer.ts';
import { openUpstream } from '../../transport/http/upstream-client.ts';
import type { LostRequest, OutgoingMessage } from '../../transport/transport.ts';
import type { UpstreamServer } from '../settings/sidecar-options.ts';

/** Of one answer: a page of tools is far smaller. */
const MAX_BYTES = 64 * 1024 * 1024;
const GRACE_MS = 1000;
/** What became of a request is in its message; no server uses this code. */
export const LOST_CODE = -31_999;

export function createUpstreamTransport({ url, headers }: UpstreamServer): Transport {
  const upstream = openUpstream({ url, headers, maxBytes: MAX_BYTES });
  const log = { warn: (_facts: object, text: string) => void process.stderr.write(`regent: ${text}\n`) };
  const peer = openHttpServerPeer({ upstream, url, log, graceMs: GRACE_MS });
  const transport: Transport = {
    start: async () => {
      peer.onLost((lost) => transport.onmessage?.(answerFor(lost)));
      peer.onLine((line) => transport.onmessage?.(JSON.parse(line.toString('utf8'))));
    },
    send: async (message) => void peer.write(Buffer.from(JSON.stringify(message)), headOf(message)),
    close: async () => {
      await peer.stop();
      transport.onclose?.();
    },
  };
  return transport;
}

function answerFor({ idText, detail }: LostRequest): JSONRPCMessage {
  return { jsonrpc: '2.0', id: JSON.parse(idText), error: { code: LOST_CODE, message: detail } };
}

function headOf(message: JSONRPCMessage): OutgoingMessage {
  const method = 'method' in message ? message.method : null;
  const idText = 'id' in message && message.id !== undefined ? JSON.stringify(message.id) : null;
  return {
    kind: method === null ? 'response' : idText === null ? 'notification' : 'request',
    idText,
    method,
    progressTokenText: null,
    cancelsIdText: null,
    subscriptionIdText: null,
    isError: 'error' in message,
    isModern: false,
  };
}
