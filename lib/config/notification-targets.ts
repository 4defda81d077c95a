import { parse } from 'yaml';
import * as z from 'zod';
import { notifications } from '#lib/config/notifications.ts';
import type { NotificationTarget } from '#lib/model/notification-target.ts';

const section = z.object({ notifications });

/**
 * The targets of a cniwatch.yaml, without the rest of it: a section that another version of cniwatch refuses keeps nobody from being told.
 * @throws for text that is no YAML, and for targets that are not valid
 */
export function notificationTargets(text: string | undefined): readonly NotificationTarget[] {
  const parsed = section.safeParse(text === undefined ? {} : (parse(text) ?? {}));
  if (parsed.success) return parsed.data.notifications;
  throw new Error(`the notifications of cniwatch.yaml are not valid: ${z.prettifyError(parsed.error)}`);
}
