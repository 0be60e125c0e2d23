// What went wrong between Regent and the upstream, in words for people, and whether the request may have run.
import { UpstreamError } from '../http-exchange.ts';

export interface RequestState {
  /** Before that nothing of the request was sent. */
  isConnected: boolean;
}

export function connectionError(cause: Error, { isConnected }: RequestState, url: URL): UpstreamError {
  const { code = '', name } = cause as NodeJS.ErrnoException;
  if (name === 'AbortError' || code === 'ABORT_ERR') {
    return new UpstreamError('aborted', 'The request was ended by the client', { mayHaveRun: true, cause });
  }
  if (isConnected) {
    const message = `The connection to the MCP server broke (${code === '' ? cause.message : code})`;
    return new UpstreamError('broken', message, { mayHaveRun: true, cause });
  }
  const message = `The MCP server at ${url.origin} cannot be reached: ${explain(code, cause.message)}`;
  return new UpstreamError('unreachable', message, { mayHaveRun: false, cause });
}

function explain(code: string, message: string): string {
  if (code === 'ECONNREFUSED') return 'it refuses connections; is it running?';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name is not known; check the URL';
  if (code.includes('CERT') || code.includes('SELF_SIGNED')) {
    return `its certificate is not trusted (${code}); for one of your own, name its authority in NODE_EXTRA_CA_CERTS`;
  }
  return code === '' ? message : code;
}
