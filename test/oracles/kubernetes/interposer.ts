import { once } from 'node:events';
import { Agent, createServer, request as forward } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KubeApiServer } from './server.ts';

export interface Interposer {
  readonly server: string;
  stop(): Promise<void>;
}

/**
 * Stands before the API server, under the same certificate, and calls `before` with the URL of each request before passing it on:
 * a test can change the world between two pages of a list.
 */
export async function interpose(target: KubeApiServer, before: (url: URL) => Promise<void>): Promise<Interposer> {
  const agent = new Agent({ ca: target.certificate.cert, keepAlive: true });
  const server = createServer({ cert: target.certificate.cert, key: target.certificate.key }, async (request, response) => {
    const url = new URL(request.url ?? '/', target.server);
    await before(url);
    const { method, headers } = request;
    forward(url, { method, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    })
      .once('error', () => response.destroy())
      .end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
      agent.destroy();
    },
  };
}
