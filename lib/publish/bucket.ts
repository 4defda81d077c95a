import {
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';

/** cniwatch's bucket. `owner` is the account that must own it: a bucket of the same name elsewhere is refused by S3. */
export interface Bucket {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly owner?: string;
  readonly signal?: AbortSignal;
}

/** An object larger than anything that cniwatch writes: refused before it fills the memory. */
export class ObjectTooLarge extends Error {
  override readonly name = 'ObjectTooLarge';
  constructor(key: string, bytes: number, limit: number) {
    super(`${key} has ${bytes} bytes and at most ${limit} are read: was it written by something else than cniwatch?`);
  }
}

const sendOptions = ({ signal }: Bucket) => (signal ? { abortSignal: signal } : {});
const place = ({ bucket, owner }: Bucket) => ({ Bucket: bucket, ...(owner ? { ExpectedBucketOwner: owner } : {}) });

/** Writes an object whole; writing the same content again changes nothing. */
export async function putObject(at: Bucket, key: string, body: string | Uint8Array, contentType: string): Promise<void> {
  const command = new PutObjectCommand({ ...place(at), Key: key, Body: body, ContentType: contentType });
  await at.s3.send(command, sendOptions(at));
}

/**
 * An object's text; undefined where there is none.
 * @throws ObjectTooLarge above `limit` bytes, before the body is read
 */
export async function getText(at: Bucket, key: string, limit: number): Promise<string | undefined> {
  try {
    const { Body, ContentLength = 0 } = await at.s3.send(new GetObjectCommand({ ...place(at), Key: key }), sendOptions(at));
    if (ContentLength > limit) {
      if (Body && 'destroy' in Body) Body.destroy();
      throw new ObjectTooLarge(key, ContentLength, limit);
    }
    return (await Body?.transformToString('utf-8')) ?? '';
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

/** An object with the tag of what it holds now. */
export interface Versioned {
  readonly body: Uint8Array;
  readonly etag: string;
}

/**
 * An object's bytes and its ETag; undefined where there is none.
 * @throws ObjectTooLarge above `limit` bytes, before the body is read
 */
export async function getVersioned(at: Bucket, key: string, limit: number): Promise<Versioned | undefined> {
  try {
    const {
      Body,
      ContentLength = 0,
      ETag = '',
    } = await at.s3.send(new GetObjectCommand({ ...place(at), Key: key }), sendOptions(at));
    if (ContentLength > limit) {
      if (Body && 'destroy' in Body) Body.destroy();
      throw new ObjectTooLarge(key, ContentLength, limit);
    }
    return { body: (await Body?.transformToByteArray()) ?? new Uint8Array(), etag: ETag };
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

/**
 * Writes an object unless somebody did so meanwhile. Source: Amazon S3 User Guide, "Conditional writes".
 * @param etag of what was read; undefined where there was nothing
 * @returns whether it was written
 */
export async function putIfUnchanged(at: Bucket, key: string, body: Uint8Array, etag: string | undefined): Promise<boolean> {
  const condition = etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag };
  const command = new PutObjectCommand({ ...place(at), Key: key, Body: body, ContentType: 'application/gzip', ...condition });
  try {
    await at.s3.send(command, sendOptions(at));
    return true;
  } catch (error) {
    // 409: another conditional write of it is under way; 404: it was deleted since.
    if (error instanceof S3ServiceException && CHANGED.has(error.name)) return false;
    throw error;
  }
}

const CHANGED: ReadonlySet<string> = new Set(['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey']);

/** Every key under a prefix, over all pages, in S3's order. */
export async function listKeys(at: Bucket, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of paginateListObjectsV2({ client: at.s3 }, { ...place(at), Prefix: prefix }, sendOptions(at))) {
    for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
  }
  return keys;
}

/** The folders right under a prefix, each with its slash, in S3's order; `after` leaves out those that sort up to it. */
export async function* listFolders(at: Bucket, prefix: string, after?: string): AsyncGenerator<string> {
  const query = { ...place(at), Prefix: prefix, Delimiter: '/', ...(after === undefined ? {} : { StartAfter: after }) };
  for await (const page of paginateListObjectsV2({ client: at.s3 }, query, sendOptions(at))) {
    for (const { Prefix } of page.CommonPrefixes ?? []) if (Prefix !== undefined) yield Prefix;
  }
}
