import { EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import type { World } from '#lib/sandbox/world.ts';
import { CALLS, type Subject } from './calls.ts';
import { copyInterfaces } from './copy-interfaces.ts';
import { copyNetwork } from './copy-network.ts';
import { Ids } from './ids.ts';
import { withRareObjects } from './rare-objects.ts';
import { type Moto, startMoto } from './server.ts';

// Two independent stand-ins for EC2 are given the same objects and the same questions. Where moto is known to answer as EC2 does, the
// sandbox must answer alike; `wrongInMoto` of each call says what is left out of the comparison.
const ids = new Ids();
const world: World = withRareObjects(embeddedFleet(new Date('2026-11-24T03:00:00Z')));
let sandbox: Sandbox;
let moto: Moto;
let inSandbox: EC2Client;
let inMoto: EC2Client;

beforeAll(async () => {
  sandbox = await startSandbox(world);
  moto = await startMoto({ account: world.account, region: world.region });
  const client = (endpoint: string) => new EC2Client({ region: world.region, endpoint, credentials: moto.credentials });
  [inSandbox, inMoto] = [client(sandbox.endpoint), client(moto.endpoint)];
  await copyNetwork(inSandbox, inMoto, ids);
  await copyInterfaces(inSandbox, inMoto, ids);
});
afterAll(async () => {
  await moto?.stop();
  await sandbox?.close();
});

/** What each cluster's collectors ask about. */
const SUBJECTS: readonly Subject[] = world.clusters.map(({ name, eks }) => {
  const subnetIds = (eks['resourcesVpcConfig'] as { subnetIds: readonly string[] }).subnetIds;
  const vpcs = [...new Set(world.subnets.filter(({ subnetId }) => subnetIds.includes(subnetId)).map(({ vpcId }) => vpcId))];
  const inVpc = ({ vpcId }: { vpcId?: string | undefined }) => vpcId !== undefined && vpcs.includes(vpcId);
  const groups = world.securityGroups.filter(inVpc).map(({ groupId }) => groupId);
  const rules = world.securityGroupRules.filter(({ groupId }) => groups.includes(groupId));
  const instances = world.instances.filter(inVpc);
  return {
    cluster: name,
    vpcs,
    subnets: world.subnets.filter(inVpc).map(({ subnetId }) => subnetId),
    instances: instances.map(({ instanceId }) => instanceId),
    instanceTypes: [...new Set(instances.map(({ instanceType }) => instanceType))],
    groups,
    prefixLists: [...new Set(rules.flatMap(({ prefixListId }) => prefixListId ?? []))],
  };
});

/** Neither EC2 nor a stand-in promises an order. */
const sorted = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item, null, 1)).sort();

test.each(CALLS)('$name (wrong in moto: $wrongInMoto)', async ({ ask }) => {
  let compared = 0;
  for (const subject of SUBJECTS) {
    const expected = ids.toOriginal(await ask(inMoto, ids.toCopy(subject)));
    expect(sorted(await ask(inSandbox, subject))).toEqual(sorted(expected));
    compared += expected.length;
  }
  expect(compared).toBeGreaterThan(0);
});
