// What an upstream's HTTP status means for somebody who set Regent up.
import type { UpstreamAnswer } from '../http-exchange.ts';

/** A sentence without its full stop; never holds a credential. */
export function explainStatus(answer: Pick<UpstreamAnswer, 'status' | 'header'>): string {
  const { status } = answer;
  const scheme = /^[\w-]+/.exec(answer.header('www-authenticate') ?? '')?.[0];
  const wanted = scheme === undefined ? '' : ` (it asks for ${scheme})`;
  switch (status) {
    case 401:
      return `The MCP server wants a credential${wanted}: give Regent one with --header "Authorization: …"`;
    case 403:
      return `The MCP server does not accept Regent's credential${wanted}: check --header`;
    case 404:
      return 'The MCP server knows no such endpoint: check the path of --upstream';
    default:
      return `The MCP server answered with HTTP status ${status}`;
  }
}
