import type { Metric } from '#lib/model/metric.ts';
import type { NotificationTarget } from '#lib/model/notification-target.ts';
import type { Hub } from '#lib/publish/hub.ts';
import { type Delivered, type DeliverPorts, deliver } from '#lib/publish/notify/deliver.ts';
import { mostNotices } from '#lib/publish/notify/send.ts';
import { targetName } from '#lib/publish/notify/target-name.ts';

export interface DeliverAllPorts extends Pick<DeliverPorts, 'store' | 'send' | 'now' | 'by' | 'leaseMs'> {
  readonly hub: Pick<Hub, 'account' | 'region'>;
}

export type ToldTarget = { readonly target: string } & (Delivered | { readonly outcome: 'unread'; readonly reason: string });

export interface DeliveredAll {
  readonly targets: readonly ToldTarget[];
  /** How many targets failed, under the hub's own account and Region; none where all went well. */
  readonly metrics: readonly Metric[];
}

/** Sends every target what is due, all at the same time: one that fails or hangs holds nobody else up. */
export async function deliverAll(
  targets: readonly NotificationTarget[],
  { hub: { account: Account, region: Region }, ...ports }: DeliverAllPorts,
): Promise<DeliveredAll> {
  const one = async (target: NotificationTarget): Promise<ToldTarget> => {
    try {
      return { target: targetName(target), ...(await deliver({ ...ports, target, targets, most: mostNotices(target) })) };
    } catch (error) {
      const { name, message } = error as Error;
      return { target: targetName(target), outcome: 'unread', reason: `${name}: ${message}` };
    }
  };
  const told = await Promise.all(targets.map(one));
  const value = told.filter(({ outcome }) => outcome === 'failed' || outcome === 'unread').length;
  const metric: Metric = { name: 'NotificationsFailed', unit: 'Count', dimensions: { Account, Region }, value };
  return { targets: told, metrics: value > 0 ? [metric] : [] };
}
