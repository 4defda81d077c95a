import { createHash } from 'node:crypto';
import type { NotificationTarget } from '#lib/model/notification-target.ts';

/**
 * What a target is called, in rows, logs and messages: its name, or its kind with a hash of its address. The address itself may hold a
 * secret, as that of a webhook often does.
 */
export function targetName(target: NotificationTarget): string {
  return target.name ?? `${target.kind}-${createHash('sha256').update(addressOf(target)).digest('hex').slice(0, 8)}`;
}

const addressOf = (target: NotificationTarget): string => (target.kind === 'webhook' ? target.url : target.topic);
