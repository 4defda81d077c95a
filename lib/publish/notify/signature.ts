import { createHmac } from 'node:crypto';

/**
 * `X-Cniwatch-Signature`: `t=<seconds since 1970>,v1=<hex>`, an HMAC-SHA256 (RFC 2104) over `<seconds>.<body>`. The time is signed too, so
 * that a request that somebody kept cannot be used later.
 */
export function signature(body: string, secret: string | Uint8Array, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1_000);
  const digest = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${digest}`;
}
