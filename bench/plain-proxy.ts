// A plain reverse proxy of the same Node, connections kept on both sides; with a state file it makes one bare insert for
// each request before it forwards it. Prints its URL.
//
//   plain-proxy.js URL [DURABILITY STATE TOOL]
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { openBareInsert } from './bare-insert.ts';

const [url = '', durability, state = '', tool = ''] = process.argv.slice(2);
const target = new URL(url);
const agent = new http.Agent({ keepAlive: true });
const insert =
  durability === undefined
    ? (done: () => void): void => done()
    : await openBareInsert({ durability, state, tool });

const server = http.createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => insert(() => forward(request, Buffer.concat(parts), response)));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  console.error(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
});

function forward(
  { method, headers }: http.IncomingMessage,
  body: Buffer,
  response: http.ServerResponse,
): void {
  const options = { method: method ?? 'POST', agent, headers: { ...headers, host: target.host } };
  const onward = http.request(target, options, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.end(body);
}
