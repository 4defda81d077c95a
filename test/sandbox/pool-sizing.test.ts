/**
 * The examples of amazon-vpc-cni-k8s docs/eni-and-ip-target.md and docs/prefix-and-ip-target.md, for the pool that the sandbox grows,
 * the pool that checks expect and what a node is said to take of its subnet. Of the second page, interfaces of p3dn.24xlarge are left
 * out, since ipamd attaches none under prefix delegation before the first is full; and its row of 20 addresses at no pod, which the
 * page's own text makes two prefixes.
 */
import { expect, test } from 'vitest';
import type { InstanceType } from '#lib/model/ec2.ts';
import { launchDemand } from '#lib/network/launch-demand.ts';
import { MANIFEST_SETTINGS } from '#lib/network/pod-ipam.ts';
import { settledPool } from '#lib/network/warm-pool.ts';
import { SubnetSpace } from '#lib/sandbox/allocate.ts';
import { type Carrier, growPool, type Pool } from '#lib/sandbox/builder/ipamd.ts';
import { instanceTypeTable } from '#lib/sandbox/instance-types.ts';
import { interfaceLimit } from '#lib/sandbox/interface-limits.ts';
import { aSubnet } from '#test/scenarios/slices.ts';

interface Targets {
  readonly warmIpTarget?: number;
  readonly minimumIpTarget?: number;
}
const WHOLE: Targets = {};
const targets = (warmIpTarget: number, minimumIpTarget: number): Targets => ({ warmIpTarget, minimumIpTarget });

function typeOf(name: string): InstanceType {
  const type = instanceTypeTable().find(({ instanceType }) => instanceType === name);
  if (type === undefined) throw new Error(`the table has no ${name}`);
  return type;
}

/** What ipamd holds when it has nothing left to do, from a subnet with room for all. */
function grown(type: InstanceType, pods: number, prefixDelegation: boolean, given: Targets): readonly Carrier[] {
  const draft = { subnet: aSubnet(), space: new SubnetSpace('10.0.0.0/16', []) };
  const attach = (): Carrier => ({ draft, addresses: [draft.space.takeAddress()], prefixes: [] });
  const settings = { prefixDelegation, subnetDiscovery: true, warmEniTarget: 1, warmPrefixTarget: 1, ...given };
  const pool: Pool = { type, settings, pods, attached: 1, carriers: [attach()], drafts: [draft] };
  growPool(pool, attach);
  return pool.carriers;
}

function expected(type: InstanceType, pods: number, mode: 'secondary-ip' | 'prefix', given: Targets) {
  const shape = { mode, slots: type.ipv4AddressesPerInterface - 1, interfaces: interfaceLimit(type) };
  return settledPool(pods, shape, { warmEniTarget: 1, warmPrefixTarget: 1, ...given });
}

const demanded = (type: InstanceType, pods: number, prefixDelegation: boolean, given: Targets) =>
  launchDemand(type, { ...MANIFEST_SETTINGS, prefixDelegation, ...given }, { node: true, pods: true }, pods);

test.each<[string, Targets, number, number, number]>([
  ['t3.small', WHOLE, 0, 1, 3],
  ['t3.small', WHOLE, 5, 3, 9],
  ['t3.small', WHOLE, 9, 3, 9],
  ['t3.small', targets(1, 1), 0, 1, 1],
  ['t3.small', targets(1, 1), 5, 2, 6],
  ['t3.small', targets(1, 1), 9, 3, 9],
  ['t3.small', targets(2, 5), 0, 2, 5],
  ['t3.small', targets(2, 5), 5, 3, 7],
  ['t3.small', targets(2, 5), 9, 3, 9],
  ['p3dn.24xlarge', WHOLE, 0, 1, 49],
  ['p3dn.24xlarge', WHOLE, 3, 2, 98],
  ['p3dn.24xlarge', WHOLE, 95, 3, 147],
  ['p3dn.24xlarge', targets(5, 10), 0, 1, 10],
  ['p3dn.24xlarge', targets(5, 10), 7, 1, 12],
  ['p3dn.24xlarge', targets(5, 10), 15, 1, 20],
  ['p3dn.24xlarge', targets(5, 10), 45, 2, 50],
])('%s with %o and %i pods has %i interfaces and %i secondary addresses', (name, given, pods, interfaces, addresses) => {
  const type = typeOf(name);
  const carriers = grown(type, pods, false, given);
  expect(carriers).toHaveLength(interfaces);
  expect(carriers.reduce((sum, carrier) => sum + carrier.addresses.length - 1, 0)).toBe(addresses);
  expect(expected(type, pods, 'secondary-ip', given)).toEqual({ addresses, interfaces });
  expect(demanded(type, pods, false, given)).toEqual({ singles: interfaces + addresses, prefixes: 0 });
});

test.each<[string, Targets, number, number, number]>([
  ['t3.small', WHOLE, 0, 1, 1],
  ['t3.small', WHOLE, 5, 1, 2],
  ['t3.small', WHOLE, 16, 1, 2],
  ['t3.small', WHOLE, 17, 1, 3],
  ['t3.small', WHOLE, 58, 2, 5],
  ['t3.small', targets(1, 1), 0, 1, 1],
  ['t3.small', targets(1, 1), 5, 1, 1],
  ['t3.small', targets(1, 1), 17, 1, 2],
  ['t3.small', targets(1, 1), 58, 2, 4],
  ['t3.small', targets(7, 20), 0, 1, 2],
  ['t3.small', targets(7, 20), 5, 1, 2],
  ['t3.small', targets(7, 20), 17, 1, 2],
  ['t3.small', targets(7, 20), 58, 2, 5],
  ['p3dn.24xlarge', WHOLE, 0, 1, 1],
  ['p3dn.24xlarge', WHOLE, 3, 1, 2],
  ['p3dn.24xlarge', WHOLE, 95, 1, 7],
  ['p3dn.24xlarge', targets(5, 10), 0, 1, 1],
  ['p3dn.24xlarge', targets(5, 10), 7, 1, 1],
  ['p3dn.24xlarge', targets(5, 10), 15, 1, 2],
  ['p3dn.24xlarge', targets(5, 10), 45, 1, 4],
])('%s with %o and %i pods has %i interfaces and %i prefixes', (name, given, pods, interfaces, prefixes) => {
  const type = typeOf(name);
  const carriers = grown(type, pods, true, given);
  expect(carriers).toHaveLength(interfaces);
  expect(carriers.reduce((sum, carrier) => sum + carrier.prefixes.length, 0)).toBe(prefixes);
  expect(expected(type, pods, 'prefix', given)).toEqual({ addresses: 16 * prefixes, interfaces });
  expect(demanded(type, pods, true, given)).toEqual({ singles: interfaces, prefixes });
});
