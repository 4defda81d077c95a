import { randomUUID } from 'node:crypto';
import type { ServiceNotice } from '#lib/model/notification.ts';

/** What `cniwatch notify --test` sends: nothing is wrong, and it says so. */
export function testNotice(target: string, now: Date): ServiceNotice {
  return {
    id: randomUUID().replaceAll('-', ''),
    at: now.toISOString(),
    kind: 'test',
    verdict: 'warning',
    summary: `Nothing is wrong. Somebody asked for a test message, and the target ${target} got it.`,
  };
}
