// An MCP server over HTTP that does nothing: answers each call with an empty result. Prints its URL.
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const server = http.createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const { id, method } = JSON.parse(Buffer.concat(parts).toString()) as { id: unknown; method: string };
    if (method === 'initialize') response.setHeader('Mcp-Session-Id', `s${String(id)}`);
    const body = JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } });
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
    response.end(body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  console.error(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
});
