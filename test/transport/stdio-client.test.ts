// A process between a client and a server: bytes pass unchanged both ways, and memory does not grow where one is slow.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { fixturePath } from '../fixtures/fixture-path.ts';
import { node, shell, sleep } from './test-server.ts';

function startHost(command: readonly string[], graceMs = 5000) {
  return spawn(process.execPath, [fixturePath('pipe-server'), String(graceMs), ...command], {
    stdio: 'pipe',
  });
}

/** Resident memory in MiB. */
function residentMib(pid: number): number {
  const [, pages = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  return (Number(pages) * 4096) / 2 ** 20;
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('standard input and output as the client', () => {
  test('carry every byte both ways, and 20 MB in one line', async () => {
    const sent = Buffer.concat([
      Buffer.from('{"id":9007199254740993,"é":"\u2028\u0085"}\r\n'),
      Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a]),
      Buffer.alloc(20_000_000, 0x78),
      Buffer.from('\nlast\n'),
    ]);
    const host = startHost(['cat']);
    const received: Buffer[] = [];
    host.stdout.on('data', (chunk: Buffer) => received.push(chunk));
    host.stdin.end(sent);
    const [code] = await once(host, 'close');
    expect(code).toBe(0);
    expect(digest(Buffer.concat(received))).toBe(digest(sent));
  });

  test("pass the server's stderr through byte for byte, and its exit code", async () => {
    const host = startHost(
      node(`process.stderr.write(Buffer.from([0xff, 0, 0x0d, 0x41])); process.exitCode = 7`),
    );
    const errors: Buffer[] = [];
    host.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    const [code] = await once(host, 'close');
    expect(code).toBe(7);
    expect(Buffer.concat(errors)).toEqual(Buffer.from([0xff, 0, 0x0d, 0x41]));
  });

  test('deliver all that a server wrote before it died to a client that reads late', async () => {
    const host = startHost(
      node(`process.stdout.write(('x'.repeat(999) + '\\n').repeat(3000)); process.exitCode = 5`),
    );
    await sleep(1500);
    const [output, [code]] = await Promise.all([text(host.stdout), once(host, 'close')]);
    expect(output.length).toBe(3_000_000);
    expect(code).toBe(5);
  });

  test('hold a flooding server back while the client reads nothing', async () => {
    const host = startHost(['yes', 'x'.repeat(999)], 50);
    await once(host.stdout, 'readable');
    const before = residentMib(host.pid ?? 0);
    await sleep(1000);
    expect(residentMib(host.pid ?? 0) - before).toBeLessThan(50);
    host.stdout.destroy();
    await once(host, 'exit');
  });

  test("carry the client's messages on while the client reads nothing", async () => {
    const script = `yes ${'x'.repeat(999)} & while read -r line; do echo "got $line" >&2; done`;
    const host = startHost(shell(script), 50);
    await once(host.stdout, 'readable');
    await sleep(300);
    host.stdin.write('hello\n');
    const [heard] = await once(host.stderr, 'data');
    expect(String(heard)).toBe('got hello\n');
    host.stdout.destroy();
    await once(host, 'exit');
  });

  test('hold a flooding client back while the server reads nothing', async () => {
    const host = startHost(shell('sleep 1.5; exec wc -c'));
    await sleep(300);
    const before = residentMib(host.pid ?? 0);
    const flood = Buffer.alloc(100_000_000, `${'x'.repeat(999)}\n`);
    host.stdin.end(flood);
    await sleep(800);
    expect(residentMib(host.pid ?? 0) - before).toBeLessThan(50);
    expect((await text(host.stdout)).trim()).toBe('100000000');
  });
});
