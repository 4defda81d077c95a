import { Agent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';

export interface ApiAnswer {
  readonly status: number;
  /** Parsed where it is JSON, else the text. */
  readonly body: unknown;
}

export interface ApiClient {
  request(method: string, path: string, body?: unknown, accept?: string): Promise<ApiAnswer>;
  /** Lets idle connections go. */
  close(): void;
}

/** The bare requests of the test: everything that is tested comes from the project itself. */
export function apiClient({ server, ca, token }: { server: string; ca: string; token: string }): ApiClient {
  const agent = new Agent({ ca, keepAlive: true, maxSockets: 16 });
  return {
    close: () => agent.destroy(),
    request: (method, path, body, accept = 'application/json') =>
      new Promise((resolve, reject) => {
        const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
        const headers = { authorization: `Bearer ${token}`, 'content-type': contentType, accept };
        httpsRequest(new URL(path, server), { method, agent, headers }, async (response) => {
          const answer = await text(response);
          const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
          resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(answer) : answer });
        })
          .once('error', reject)
          .end(body === undefined ? undefined : JSON.stringify(body));
      }),
  };
}
