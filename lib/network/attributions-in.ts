import type { NetworkInterface } from '#lib/model/ec2.ts';
import { type Attribution, attributor, type ClusterIdentity } from '#lib/network/address-holders.ts';
import { remember } from '#lib/network/remember.ts';

/** Who holds each of these interfaces, in their order, told once for all checks of a Snapshot. @param now its time, in milliseconds */
export const attributionsIn = remember(
  (
    interfaces: readonly NetworkInterface[],
    identity: ClusterIdentity,
    now: number,
    leakedAfterMinutes: number,
  ): readonly Attribution[] => {
    return interfaces.map(attributor(identity, { now: new Date(now), minAgeMinutes: leakedAfterMinutes }));
  },
);
