import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { freePorts, ServerNotReady, type ServerProcess, startServer } from './server-process.ts';

const running: ServerProcess[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

const LISTEN = 'require("http").createServer((q, r) => r.end(String(process.pid))).listen(process.argv[1], "127.0.0.1")';
const pidOf = async (port: number | undefined) => (await fetch(`http://127.0.0.1:${port}`)).text();
const refuses = async (port: number | undefined) => {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (
      await pidOf(port).then(
        () => false,
        () => true,
      )
    )
      return true;
    await sleep(50);
  }
  return false;
};

async function start(script: string, port: number | undefined): Promise<ServerProcess> {
  const server = await startServer({
    name: 'listener',
    command: process.execPath,
    args: ['-e', script, String(port)],
    ready: async () => (await pidOf(port)) !== '',
  });
  running.push(server);
  return server;
}

test('a server is ready once it answers, and gone once stopped', async () => {
  const [port] = await freePorts(1);
  const server = await start(LISTEN, port);
  expect(await pidOf(port)).toMatch(/^\d+$/);
  await server.stop();
  expect(await refuses(port)).toBe(true);
});

test('a server that ends before it is ready fails with what it printed', async () => {
  const [port] = await freePorts(1);
  const attempt = start('console.error("no such flag"); process.exit(3)', port);
  await expect(attempt).rejects.toThrow(ServerNotReady);
  await expect(attempt).rejects.toThrow(/ended with 3 before it was ready:\nno such flag/);
});

test('a server dies with the process that started it, however that one died', async () => {
  const [port] = await freePorts(1);
  const parent = `
    const { startServer } = await import(${JSON.stringify(new URL('server-process.ts', import.meta.url).href)});
    await startServer({ name: 'listener', command: process.execPath, args: ['-e', ${JSON.stringify(LISTEN)}, '${port}'],
      ready: async () => (await fetch('http://127.0.0.1:${port}')).ok });
    console.log('ready');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  expect(await pidOf(port)).toMatch(/^\d+$/);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(await refuses(port)).toBe(true);
});

test('free ports differ', async () => {
  expect(new Set(await freePorts(5)).size).toBe(5);
});
