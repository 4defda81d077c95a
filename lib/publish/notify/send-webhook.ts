import { setTimeout as sleep } from 'node:timers/promises';
import type { WebhookTarget } from '#lib/model/notification-target.ts';
import { clip } from '#lib/publish/notify/clip.ts';
import type { Message } from '#lib/publish/notify/message.ts';
import type { Sent } from '#lib/publish/notify/outcome.ts';
import { AddressRefused, type Answer, type PostOptions, post } from '#lib/publish/notify/post.ts';
import { type Secrets, SecretUnavailable } from '#lib/publish/notify/secret.ts';
import { signature } from '#lib/publish/notify/signature.ts';
import { webhookBody } from '#lib/publish/notify/webhook-body.ts';

/** Of one request. Milliseconds. */
const TIMEOUT_MS = 10_000;
/** Between attempts of one message. What they do not cure is tried again in the next minutes. */
const PAUSES_MS = [1_000, 4_000] as const;
/** A server that asks for a longer pause is left alone until then. */
const LONGEST_PAUSE_MS = 10_000;

export interface WebhookPorts {
  readonly secrets: Secrets;
  readonly now: () => Date;
  readonly pause?: (milliseconds: number) => Promise<unknown>;
  /** How the server is reached: tests have one of their own. */
  readonly connect?: Pick<PostOptions, 'ca' | 'permits'> & { readonly timeoutMs?: number };
}

/** Posts a message, signed anew at each attempt; 408, 429, 5xx and a connection that fails are tried again, other answers are not. */
export async function sendWebhook(target: WebhookTarget, message: Message, ports: WebhookPorts): Promise<Sent> {
  const { pause = sleep } = ports;
  const body = JSON.stringify(webhookBody(message));
  for (let attempt = 0; ; attempt++) {
    const result = await attemptOnce(target, body, { message, ports });
    const wait = PAUSES_MS[attempt];
    if (result.outcome === 'sent' || result.again === false || wait === undefined) return withoutAgain(result);
    const asked = result.waitMs ?? 0;
    if (asked > LONGEST_PAUSE_MS) return withoutAgain(result);
    await pause(Math.max(wait, asked));
  }
}

type Attempt = Sent & { readonly again?: boolean; readonly waitMs?: number };

const withoutAgain = ({ again: _, waitMs: __, ...sent }: Attempt): Sent => sent as Sent;

interface Attempting {
  readonly message: Message;
  readonly ports: WebhookPorts;
}

async function attemptOnce({ url, secret }: WebhookTarget, body: string, { message, ports }: Attempting): Promise<Attempt> {
  const { secrets, now, connect } = ports;
  const host = new URL(url).host;
  try {
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'cniwatch',
      'x-cniwatch-message': message.id,
      'x-cniwatch-signature': signature(body, await secrets.get(secret), now()),
    };
    const answer = await post(new URL(url), body, { timeoutMs: TIMEOUT_MS, ...connect, headers });
    if (answer.status === 401 || answer.status === 403) secrets.forget(secret);
    return judged(host, answer);
  } catch (error) {
    return thrown(host, error as Error);
  }
}

function judged(host: string, { status, text, retryAfter }: Answer): Attempt {
  if (status >= 200 && status < 300) return { outcome: 'sent' };
  const said = clip(text, 120);
  const reason = `${host} answered ${status}${said === '' ? '' : ` (${said})`}`;
  if (status >= 300 && status < 400)
    return {
      outcome: 'failed',
      again: false,
      reason,
      remedy: 'Redirects are not followed: name the final URL in cniwatch.yaml.',
    };
  if (status === 408 || status === 429 || status >= 500) {
    const seconds = Number(retryAfter);
    const waitMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0;
    return { outcome: 'failed', again: true, waitMs, reason, remedy: 'It is sent again in the next minutes, for a day.' };
  }
  return {
    outcome: 'failed',
    again: false,
    reason,
    remedy: REFUSALS[status] ?? 'See what the server expects: docs/notifications.md has the request.',
  };
}

const REFUSALS: Readonly<Record<number, string>> = {
  401: 'Does the server know the key that is in the secret? docs/notifications.md shows how it is verified.',
  403: 'Does the server know the key that is in the secret? docs/notifications.md shows how it is verified.',
  404: 'Is the URL in cniwatch.yaml the right one?',
  410: 'The receiver is gone: take the target out of cniwatch.yaml, or name another URL.',
};

function thrown(host: string, error: Error): Attempt {
  if (error instanceof SecretUnavailable) return { outcome: 'failed', again: false, reason: error.message, remedy: error.remedy };
  if (error instanceof AddressRefused)
    return {
      outcome: 'failed',
      again: false,
      reason: error.message,
      remedy: 'A webhook must have a public address: put a public endpoint before it.',
    };
  const code = (error as NodeJS.ErrnoException).code ?? error.name;
  const isLate = error.name === 'TimeoutError' || error.name === 'AbortError';
  const reason = isLate ? `${host} did not answer in time` : `${host} could not be reached (${clip(String(code), 60)})`;
  return {
    outcome: 'failed',
    again: true,
    reason,
    remedy: 'It is sent again in the next minutes, for a day: is the server up, and its certificate valid?',
  };
}
