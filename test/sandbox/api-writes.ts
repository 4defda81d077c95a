import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { ApiAnswer, ApiClient } from './kubernetes-client.ts';

export const MERGE = 'application/merge-patch+json';
export const STRATEGIC = 'application/strategic-merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';
export const APPLY = 'application/apply-patch+yaml';

/** A write with a body, as any client sends it. */
export function send(
  { server, ca, token }: Pick<ApiClient, 'server' | 'ca' | 'token'>,
  method: string,
  path: string,
  body: unknown,
  contentType = 'application/json',
): Promise<ApiAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
  const sent = JSON.stringify(body);
  // Node sends no length with a DELETE of its own accord.
  const length = { 'content-length': Buffer.byteLength(sent) };
  const headers = { ...length, authorization: `Bearer ${token}`, 'content-type': contentType, 'user-agent': 'tests/1' };
  https
    .request(`${server}${path}`, { method, ca, headers, agent: false }, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: JSON.parse(answer) }), reject);
    })
    .on('error', reject)
    .end(sent);
  return promise;
}
