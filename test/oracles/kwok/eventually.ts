import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../kubernetes/api-client.ts';

type Json = Readonly<Record<string, unknown>>;

/** What stands at `path` once it is as `is` says; looks ten times a second. @throws where it never is within a minute */
export async function eventually(api: ApiClient, path: string, is: (body: Json) => boolean): Promise<Json> {
  for (let look = 0; ; look += 1) {
    const { body } = await api.request('GET', path);
    if (is(body as Json)) return body as Json;
    if (look === 600) throw new Error(`${path} is still ${JSON.stringify(body)}`);
    await sleep(100);
  }
}

/** The `status` of an object, empty where it has none. */
export const statusOf = (body: Json): Json => (body['status'] ?? {}) as Json;
