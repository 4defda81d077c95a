/** Nodes and subnets for the tests of what fits: plain, and what the test is about. */
import type { PlannedNode } from '#lib/network/what-if/node.ts';
import type { PoolSettings } from '#lib/network/what-if/pool.ts';
import type { SubnetSupply } from '#lib/network/what-if/supply.ts';

/** A new m5.large in subnet-a: 3 interfaces of 9 addresses beside their own, and 27 pods by max-pods. */
export function aPlannedNode(over: Partial<PlannedNode> = {}): PlannedNode {
  return {
    name: 'n',
    group: 'general',
    instanceType: 'm5.large',
    availabilityZone: 'eu-west-1a',
    subnetId: 'subnet-a',
    draws: ['subnet-a'],
    possibleDraws: [],
    mode: 'secondary-ip',
    slots: 9,
    interfaces: [{ subnetId: 'subnet-a', singles: 0, prefixes: 0 }],
    attachable: 2,
    startAddresses: 1,
    pods: 0,
    podLimit: 27,
    cordoned: false,
    ...over,
  };
}

export function aSupply(over: Partial<SubnetSupply> = {}): SubnetSupply {
  return {
    subnetId: 'subnet-a',
    availabilityZone: 'eu-west-1a',
    loose: 0,
    blocks: 0,
    reserved: 0,
    delegatesBlocks: true,
    ...over,
  };
}

export const ONE_AT_A_TIME: PoolSettings = {
  warmEniTarget: 1,
  warmPrefixTarget: 1,
  warmIpTarget: 1,
  subnetDiscovery: true,
  customNetworking: false,
};
