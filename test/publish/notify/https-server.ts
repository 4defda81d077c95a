/** A webhook's receiver on the loopback address, by https with a certificate of its own. */
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCertificate } from '#lib/sandbox/certificate.ts';

export interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What it answers, in turn; the last one again and again. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Never answers, or never ends its answer. */
  readonly hangs?: 'before' | 'after-headers';
}

export async function startReceiver(replies: readonly Reply[]) {
  const { certificate: cert, key, authority } = await makeCertificate(new Date());
  const received: Received[] = [];
  const server = createServer({ key, cert }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method, url, headers } = request;
      received.push({ method, path: url, headers, body: Buffer.concat(parts).toString('utf8') });
      const reply = replies[Math.min(received.length, replies.length) - 1] ?? { status: 204 };
      if (reply.hangs === 'before') return;
      response.writeHead(reply.status, reply.headers);
      if (reply.hangs === 'after-headers') response.write('...');
      else response.end(reply.body ?? '');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    received,
    ca: authority,
    url: `https://localhost:${port}/cniwatch?team=a`,
    port,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
