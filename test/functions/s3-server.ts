import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface S3Server {
  readonly endpoint: string;
  /** By key: the bucket's name is not looked at. */
  readonly objects: Map<string, Buffer>;
  close(): Promise<void>;
}

/** PutObject (conditional or not), GetObject and ListObjectsV2 of one bucket in memory, over HTTP, for the real client. */
export async function startS3(): Promise<S3Server> {
  const objects = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://s3');
    const key = decodeURIComponent(url.pathname).split('/').slice(2).join('/');
    if (request.method === 'PUT') {
      const body = await buffer(request);
      if (!holds(request, objects.get(key)))
        return xml(
          response,
          412,
          '<Error><Code>PreconditionFailed</Code><Message>At least one of the preconditions you specified did not hold.</Message></Error>',
        );
      objects.set(key, body);
      return response.setHeader('etag', etagOf(body)).end();
    }
    if (url.searchParams.get('list-type') === '2')
      return list(response, [...objects.keys()], url.searchParams.get('prefix') ?? '');
    const body = objects.get(key);
    if (body !== undefined) return response.setHeader('etag', etagOf(body)).end(body);
    return xml(response, 404, `<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>`);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}

const etagOf = (body: Buffer): string => `"${createHash('md5').update(body).digest('hex')}"`;

/** Source: Amazon S3 User Guide, "Conditional writes". */
function holds({ headers }: IncomingMessage, present: Buffer | undefined): boolean {
  if (headers['if-none-match'] === '*') return present === undefined;
  const expected = headers['if-match'];
  return expected === undefined || (present !== undefined && expected === etagOf(present));
}

function list(response: ServerResponse, keys: readonly string[], prefix: string): void {
  const contents = keys.filter((key) => key.startsWith(prefix)).sort();
  const items = contents.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
  xml(response, 200, `<ListBucketResult><IsTruncated>false</IsTruncated>${items}</ListBucketResult>`);
}

function xml(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
}
