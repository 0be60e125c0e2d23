// Drives an installed package with the Node that runs this: validate, compile, eval, and calls through the sidecar.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const [folder, root] = process.argv.slice(2);
const regent = path.join(folder, 'node_modules', '.bin', 'regent');
const policy = path.join(folder, 'node_modules', 'mcp-regent', 'policies', 'finance', 'policy.yaml');
const home = mkdtempSync(path.join(tmpdir(), 'regent-packed-'));
// No Go: only Node and the system's own tools are on the path.
const env = { PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`, HOME: home };

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [regent, ...args], {
    encoding: 'utf8',
    env,
    cwd: home,
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

run('validate', '-c', policy);
run('compile', '-c', policy, '-o', path.join(home, 'bundle.tar.gz'), '--rego', path.join(home, 'rego'));
assert.ok(readFileSync(path.join(home, 'bundle.tar.gz')).length > 1000);
const payment = ['eval', '-c', policy, '--tool', 'create_payment', '--arguments'];
assert.equal(JSON.parse(run(...payment, '{"amount":500.00,"currency":"GBP"}')).outcome, 'allow');
assert.equal(
  JSON.parse(run(...payment, '{"amount":500.01,"currency":"GBP"}')).rule,
  'create_payment/per-call-cap',
);

const server = path.join(root, 'dist', 'test', 'fixtures', 'finance-server.js');
const child = spawn(process.execPath, [regent, '-c', policy, '--', process.execPath, server], {
  env,
  stdio: ['pipe', 'pipe', 'ignore'],
});
const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
let lastId = 0;
async function request(method, params) {
  lastId += 1;
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: lastId, method, params })}\n`);
  return JSON.parse((await lines.next()).value).result;
}
const client = {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'packed', version: '1' },
};
await request('initialize', client);
child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
const { tools } = await request('tools/list');
assert.ok(!tools.some(({ name }) => name === 'delete_all_records'));
const pay = (amount) =>
  request('tools/call', { name: 'create_payment', arguments: { amount, currency: 'GBP', to: 'a' } });
for (let paid = 0; paid < 10; paid += 1) assert.ok(!(await pay(500)).isError);
assert.equal((await pay(0.01)).isError, true);
child.stdin.end();
const exitCode = await new Promise((resolve) => child.on('exit', resolve));
assert.equal(exitCode, 0);
assert.match(run('journal', '--outcome', 'deny'), /create_payment\/per-call-cap/);
