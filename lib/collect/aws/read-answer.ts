import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ReadFailure } from '#lib/model/failure.ts';

/** The part of the SDK's HTTP response that matters here. */
interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body: unknown;
}

/** EKS and Service Quotas answer in JSON, EC2 and Auto Scaling in XML. */
const isJson = (action: string): boolean => /^(eks|servicequotas):/.test(action);

/**
 * Reads an answer whole and refuses what no AWS API sends. The SDK's XML parser takes a sign-in page of a proxy, or half a
 * document, for an answer without items: a list that is silently empty.
 * @throws ReadFailure UnexpectedResponse or TruncatedResponse; whatever the stream throws, which the SDK may retry
 */
export async function readAnswer(response: unknown, action: string): Promise<void> {
  const answer = response as Answer;
  const body = await buffer(answer.body as Readable);
  answer.body = new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  const start = body.subarray(0, 200).toString('utf8').trimStart();
  // An error status is the SDK's to judge and to retry, whatever page comes with it.
  if (answer.statusCode >= 300) return;
  if (/^<(!doctype html|html)/i.test(start)) throw notAws(action, answer, start);
  if (isJson(action) && !start.startsWith('{')) throw notAws(action, answer, start);
  const end = body.subarray(-200).toString('utf8').trimEnd();
  if (!(isJson(action) ? end.endsWith('}') : /<\/\w+Response>$/.test(end))) throw cut(action, body.length);
}

function notAws(action: string, { headers }: Answer, start: string): ReadFailure {
  const words = start
    .replace(/<[^>]*>?/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 80);
  return new ReadFailure(
    'UnexpectedResponse',
    `${action} was answered with ${headers['content-type'] ?? 'no content type'}, not by AWS${words ? `: "${words}"` : ''}.`,
    'Look for a proxy or a sign-in page between cniwatch and the AWS API, or check AWS_ENDPOINT_URL.',
  );
}

function cut(action: string, bytes: number): ReadFailure {
  return new ReadFailure(
    'TruncatedResponse',
    `The answer to ${action} ends in the middle, after ${bytes} bytes.`,
    'Run again; if it stays, look for a proxy that cuts long answers.',
  );
}
