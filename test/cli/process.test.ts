import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { KEYS, run, start } from '#test/cli/run-cniwatch.ts';

const servers: Server[] = [];
/** An AWS endpoint; `answer` undefined keeps every caller waiting. */
async function anEndpoint(answer?: {
  status: number;
  type: string;
  body: string;
}): Promise<{ url: string; asked: Promise<unknown> }> {
  const server = createServer((_, response) => {
    if (answer) response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
  });
  servers.push(server);
  const asked = once(server, 'request');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const CHECK = [
  'capture',
  '--cluster',
  'shop-prod',
  '--region',
  'eu-west-1',
  '--out-file',
  path.join(tmpdir(), 'never-written.json'),
];

describe('AWS that cannot be entered is exit code 3, one reason, what to do, and no stack', () => {
  const json = (status: number, type: string, message: string) => ({
    status,
    type: 'application/json',
    body: JSON.stringify({ __type: type, code: type, message }),
  });
  test.each([
    [
      'no credentials',
      undefined,
      {},
      'No AWS credentials were found for eks:DescribeCluster',
      'Give credentials the standard way',
    ],
    [
      'expired credentials',
      json(403, 'ExpiredTokenException', 'The security token included in the request is expired'),
      KEYS,
      'The AWS credentials expired before',
      'Sign in again',
    ],
    [
      'an unknown cluster',
      json(404, 'ResourceNotFoundException', 'No cluster found for name: shop-prod.'),
      KEYS,
      'There is no EKS cluster shop-prod in eu-west-1.',
      'Check the name, the Region and the account',
    ],
    [
      'a web page',
      { status: 200, type: 'text/html', body: '<html>sign in</html>' },
      KEYS,
      'is not what AWS sends',
      'Check the network path',
    ],
  ])('%s', async (_, answer, env, reason, remedy) => {
    const { url } = await anEndpoint(answer);
    const { code, out, err } = await run(CHECK, { ...env, AWS_ENDPOINT_URL: url });
    expect(err).toContain(`error: `);
    expect(err).toContain(reason);
    expect(err).toContain(`\n  ${remedy}`);
    expect(err).not.toMatch(/^\s+at /m);
    expect({ code, out }).toEqual({ code: 3, out: '' });
  });

  test('no endpoint', async () => {
    const { code, err } = await run(CHECK, { ...KEYS, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    expect(err).toContain('error: eks:DescribeCluster did not reach AWS');
    expect(code).toBe(3);
  });

  test('no Region is wrong usage', async () => {
    const { code, err } = await run(['capture', '--cluster', 'shop-prod']);
    expect(err).toBe('error: no AWS Region is known: give --region, AWS_REGION, or a profile that has one\n');
    expect(code).toBe(64);
  });
});

describe('the process', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends cleanly on %s', async (signal, expected) => {
    const { url, asked } = await anEndpoint();
    const { child, ended } = start(CHECK, { ...KEYS, AWS_ENDPOINT_URL: url });
    await asked;
    child.kill(signal);
    const { code, out, err } = await ended;
    expect({ code, out }).toEqual({ code: expected, out: '' });
    expect(err).toBe('interrupted: nothing was reported\n');
  });

  test('ends without a word when its reader has gone', async () => {
    const { child, ended } = start(['explain', '--list']);
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ code: 0, err: '' });
  });

  test('says what to do where Node cannot run TypeScript', async () => {
    const { code, err } = await run(['--help'], {}, ['--no-experimental-strip-types']);
    expect(err).toContain('Run it by npx or npm');
    expect(code).toBe(64);
  });

  test('does not load the AWS SDK, nor any check, to show its help', async () => {
    const loaded =
      "import { registerHooks } from 'node:module'; registerHooks({ load(url, c, n) { if (/aws-sdk|zod|lib.checks/.test(url)) console.error(url); return n(url, c); } })";
    const { code, err } = await run(['--help'], {}, ['--import', `data:text/javascript,${encodeURIComponent(loaded)}`]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});

test('a kubeconfig that is not there is wrong usage, said before anything is read', async () => {
  const { code, err } = await run(['check', '--cluster', 'shop-prod', '--region', 'eu-west-1', '--kubeconfig', '/nope'], KEYS);
  expect([code, err]).toEqual([64, 'error: the kubeconfig /nope cannot be read (ENOENT)\n']);
});
