import { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';

/** An S3 bucket in memory behind every S3 client of the process; lists a page of `pageSize` keys at a time. */
export function memoryBucket({ pageSize = 1_000 } = {}) {
  const objects = new Map<string, Buffer>();
  const s3 = mockClient(S3Client);

  s3.on(PutObjectCommand).callsFake(({ Key, Body }) => {
    objects.set(Key, Buffer.from(Body));
    return {};
  });
  s3.on(GetObjectCommand).callsFake(({ Key }) => {
    const body = objects.get(Key);
    if (body === undefined) throw new NoSuchKey({ message: 'The specified key does not exist.', $metadata: {} });
    const stream = Object.assign(Readable.from([body]), { transformToString: async () => body.toString('utf8') });
    return { Body: stream as never, ContentLength: body.length };
  });
  s3.on(ListObjectsV2Command).callsFake(({ Prefix, ContinuationToken, Delimiter, StartAfter = '' }) => {
    const keys = [...objects.keys()].filter((key) => key.startsWith(Prefix) && key > StartAfter).sort();
    if (Delimiter !== undefined) return { CommonPrefixes: foldersOf(keys, Prefix).map((folder) => ({ Prefix: folder })) };
    const start = Number(ContinuationToken ?? 0);
    const end = start + pageSize;
    return {
      Contents: keys.slice(start, end).map((Key) => ({ Key })),
      ...(end < keys.length ? { IsTruncated: true, NextContinuationToken: String(end) } : {}),
    };
  });

  return {
    s3,
    objects,
    text: (key: string) => objects.get(key)?.toString('utf8'),
    json: (key: string) => JSON.parse(objects.get(key)?.toString('utf8') ?? 'null'),
  };
}

const foldersOf = (keys: readonly string[], prefix: string): string[] => [
  ...new Set(
    keys.filter((key) => key.includes('/', prefix.length)).map((key) => key.slice(0, key.indexOf('/', prefix.length) + 1)),
  ),
];
