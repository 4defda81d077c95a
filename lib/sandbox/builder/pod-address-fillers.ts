import type { NetworkInterface } from '#lib/model/ec2.ts';
import { growPool, type Pool, podAddresses } from '#lib/sandbox/builder/ipamd.ts';
import { ipv6AddressesIn } from '#lib/sandbox/builder/ipv6-space.ts';
import type { EniDraft, LaunchedNode, NodeRequest } from '#lib/sandbox/builder/node.ts';
import type { SubnetDraft } from '#lib/sandbox/builder/vpc.ts';
import { freeSlots } from '#lib/sandbox/interface-limits.ts';

interface Filled {
  readonly podIps: readonly string[];
  readonly ipv6?: Pick<NetworkInterface, 'ipv6Addresses' | 'ipv6Prefixes'>;
}

type Filler = (launched: LaunchedNode, enis: readonly EniDraft[], attachTo: (draft: SubnetDraft) => EniDraft) => Filled;

/** How pods come to their addresses, by the kind of node. */
export const FILLERS: Readonly<Record<NodeRequest['podAddresses'], Filler>> = {
  ipamd({ request, primary }, enis, attachTo) {
    const { type, ipamd, podsWanted, primaryCarriesPods, pods, addressesFromBefore } = request;
    for (let at = 0; at < addressesFromBefore; at++) primary.addresses.push(primary.draft.space.takeAddress());
    const pool: Pool = {
      type,
      settings: ipamd,
      pods: podsWanted,
      attached: enis.length,
      carriers: primaryCarriesPods ? [primary] : [],
      drafts: pods.drafts,
    };
    growPool(pool, attachTo);
    return { podIps: podAddresses(pool) };
  },
  ipv6({ request, primary }) {
    const space = primary.draft.ipv6;
    if (space === undefined) throw new Error(`${primary.draft.subnet.tags['Name']} has no IPv6 addresses`);
    const prefix = space.takePrefix();
    return {
      podIps: ipv6AddressesIn(prefix, request.podsWanted),
      ipv6: { ipv6Addresses: [space.takeAddress()], ipv6Prefixes: [prefix] },
    };
  },
  /** One address of the primary interface for each pod: the resource controller assigns it when the pod is scheduled. */
  windows({ request, primary }) {
    const count = Math.min(request.podsWanted, freeSlots(primary, request.type));
    for (let at = 0; at < count; at++) primary.addresses.push(primary.draft.space.takeAddress());
    return { podIps: primary.addresses.slice(1) };
  },
};
