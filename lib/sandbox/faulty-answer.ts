import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, send } from '#lib/sandbox/aws-answer.ts';
import type { FaultAnswer } from '#lib/sandbox/fault.ts';
import { pageToken } from '#lib/sandbox/page-token.ts';

/** The token that a looping list gives with every page. */
const LOOP_TOKEN = pageToken(0);
const HTML = '<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in to the network</h1></body></html>';

/** Answers a request that a fault strikes; `answer` is what it would have been, `refuse` the protocol's own error. */
export async function sendFaulty(
  response: ServerResponse,
  fault: FaultAnswer,
  { answer, refuse }: { answer: () => Answer; refuse: (fault: FaultAnswer & { kind: 'error' }) => Answer },
): Promise<void> {
  switch (fault.kind) {
    case 'error': {
      const refused = refuse(fault);
      const headers = fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
      return send(response, { ...refused, headers: { ...refused.headers, ...headers } });
    }
    case 'delay':
      await sleep(fault.ms);
      return send(response, answer());
    case 'hang':
      return;
    case 'drop':
      response.destroy();
      return;
    case 'truncate':
      return truncate(response, answer());
    case 'html':
      return send(response, { status: fault.status, headers: { 'content-type': 'text/html' }, body: HTML });
    case 'loop':
      return send(response, looping(answer()));
  }
}

function truncate(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
  response.write(Buffer.from(body).subarray(0, Math.floor(Buffer.byteLength(body) / 2)), () => response.destroy());
}

/** The same page with a token that leads back to it. */
function looping({ body, ...answer }: Answer): Answer {
  if (body.startsWith('<')) {
    const rest = body.replace(/<nextToken>.*?<\/nextToken>/, '');
    return { ...answer, body: rest.replace(/<\/(\w+Response)>$/, `<nextToken>${LOOP_TOKEN}</nextToken></$1>`) };
  }
  const document = JSON.parse(body) as { metadata?: Record<string, unknown> };
  const looped = document.metadata
    ? { ...document, metadata: { ...document.metadata, continue: LOOP_TOKEN } }
    : { ...document, nextToken: LOOP_TOKEN };
  return { ...answer, body: JSON.stringify(looped) };
}
