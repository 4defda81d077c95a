import { type LookupAddress, lookup as resolve } from 'node:dns';
import { request } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from '#lib/publish/notify/public-address.ts';

export interface PostOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Of the server, where it is none of the public ones. PEM. */
  readonly ca?: string;
  /** Whether an address may be connected to. */
  readonly permits?: (address: string) => boolean;
}

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Its beginning, where it is a refusal. */
  readonly text: string;
}

/** What is read of an answer: it is for the log only. Bytes. */
const MOST_ANSWER = 4_096;

/** The name of a webhook leads to an address that is not of the public internet. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  constructor(host: string, address: string) {
    super(`${host} is ${address}, which is no address of the public internet`);
  }
}

/**
 * One POST by https, on a connection of its own. A redirect is an answer like another, and no proxy of the environment is used. The
 * address that the name leads to is looked at before the connection, and is the one that is connected to.
 * @throws AddressRefused; what the connection throws, and AbortError or TimeoutError after `timeoutMs`
 */
export function post(url: URL, body: string, options: PostOptions): Promise<Answer> {
  const { headers, timeoutMs, ca, permits = isPublicAddress } = options;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !permits(host)) return Promise.reject(new AddressRefused(host, host));
  return new Promise((answered, refused) => {
    const sent = request(url, {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      signal: AbortSignal.timeout(timeoutMs),
      lookup: guardedLookup(permits),
      ...(ca === undefined ? {} : { ca }),
    });
    sent.on('error', refused);
    sent.on('response', (response) => {
      const status = response.statusCode ?? 0;
      const retryAfter = response.headers['retry-after'];
      if (status >= 200 && status < 300) {
        // It is taken: what else it says, and whether it ever ends, does not matter.
        answered({ status, retryAfter, text: '' });
        response.on('error', () => {}).destroy();
        return;
      }
      const parts: Buffer[] = [];
      let bytes = 0;
      const done = () => {
        const text = Buffer.concat(parts).subarray(0, MOST_ANSWER).toString('utf8');
        answered({ status, retryAfter, text });
        response.destroy();
      };
      response.on('data', (part: Buffer) => {
        parts.push(part);
        bytes += part.length;
        if (bytes >= MOST_ANSWER) done();
      });
      response.on('end', done);
      response.on('error', refused);
    });
    sent.end(body);
  });
}

/** Resolves a name, and refuses it if any of its addresses is refused. */
function guardedLookup(permits: (address: string) => boolean): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
      const [first] = found ?? [];
      if (error !== null || first === undefined) return callback(error ?? new Error(`${host} has no address`), '', 0);
      const refused = found.find(({ address }) => !permits(address));
      if (refused !== undefined) return callback(new AddressRefused(host, refused.address), '', 0);
      return options.all === true ? callback(null, found) : callback(null, first.address, first.family);
    });
  };
}
