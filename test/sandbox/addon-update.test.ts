import {
  DescribeAddonCommand,
  DescribeAddonConfigurationCommand,
  DescribeAddonVersionsCommand,
  DescribeUpdateCommand,
  ListUpdatesCommand,
  UpdateAddonCommand,
  type UpdateAddonCommandInput,
} from '@aws-sdk/client-eks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import type { JsonObject, World } from '#lib/sandbox/world.ts';
import { type ApiClient, enterCluster } from './kubernetes-client.ts';
import { type Entered, enter, NOW } from './start.ts';

const CLUSTER = 'shop-prod';
const PREFIXES = '{"env":{"ENABLE_PREFIX_DELEGATION":"true","WARM_PREFIX_TARGET":"1"}}';
const AWS_NODE = '/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node';
const given = embeddedFleet(NOW);
const withAddon = (change: JsonObject): World => ({
  ...given,
  clusters: given.clusters.map((cluster) =>
    cluster.name === CLUSTER
      ? { ...cluster, addons: { ...cluster.addons, 'vpc-cni': { ...cluster.addons['vpc-cni'], ...change } } }
      : cluster,
  ),
});

let elapsed = 0;
let entered: Entered;
let api: ApiClient;
async function begin(world: World): Promise<void> {
  elapsed = 0;
  entered = await enter(world, { elapsed: () => elapsed });
  api = await enterCluster(entered, CLUSTER);
}
beforeEach(() => begin(withAddon({ serviceAccountRoleArn: 'arn:aws:iam::111122223333:role/cni' })));
afterEach(() => entered?.[Symbol.asyncDispose]());

const update = (request: Partial<UpdateAddonCommandInput> = {}) =>
  entered.eks.send(
    new UpdateAddonCommand({ clusterName: CLUSTER, addonName: 'vpc-cni', resolveConflicts: 'OVERWRITE', ...request }),
  );
const describe = async (updateId = '') =>
  (await entered.eks.send(new DescribeUpdateCommand({ name: CLUSTER, addonName: 'vpc-cni', updateId }))).update;
const addon = async () =>
  (await entered.eks.send(new DescribeAddonCommand({ clusterName: CLUSTER, addonName: 'vpc-cni' }))).addon;

interface DaemonSet {
  readonly metadata: { readonly generation: number };
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly env?: readonly JsonObject[] }[] } };
  };
  readonly status: Readonly<Record<string, number>>;
}
const agents = async () => (await api.get(AWS_NODE)).body as DaemonSet;
const env = async (name: string) =>
  (await agents()).spec.template.spec.containers.flatMap((each) => each.env ?? []).find((each) => each['name'] === name)?.[
    'value'
  ];

test('an update is under way until the agents are rolled out, a few at a time, and nodes then hold prefixes', async () => {
  const { update: begun } = await update({ configurationValues: PREFIXES });
  expect(begun).toMatchObject({ status: 'InProgress', type: 'AddonUpdate' });
  expect((await addon())?.status).toBe('UPDATING');
  elapsed = 4_000;
  const { metadata, status } = await agents();
  expect(status).toMatchObject({ observedGeneration: metadata.generation, updatedNumberScheduled: 0 });
  const desired = status['desiredNumberScheduled'] ?? 0;
  expect(desired - (status['numberReady'] ?? 0)).toBeLessThanOrEqual(Math.ceil(desired / 10));
  expect(await describe(begun?.id)).toMatchObject({ status: 'InProgress' });
  elapsed = 3_600_000;
  expect(await describe(begun?.id)).toMatchObject({ status: 'Successful', errors: [] });
  expect(await addon()).toMatchObject({ status: 'ACTIVE', configurationValues: PREFIXES });
  expect((await agents()).status).toMatchObject({ updatedNumberScheduled: desired, numberReady: desired });
  expect(await env('ENABLE_PREFIX_DELEGATION')).toBe('true');
  const { updateIds } = await entered.eks.send(new ListUpdatesCommand({ name: CLUSTER, addonName: 'vpc-cni' }));
  expect(updateIds).toEqual([begun?.id]);
});

test('a role that is left out is taken away, and one that is given stays', async () => {
  const serviceAccountRoleArn = (await addon())?.serviceAccountRoleArn;
  await update({ configurationValues: PREFIXES, serviceAccountRoleArn });
  elapsed = 3_600_000;
  expect((await addon())?.serviceAccountRoleArn).toBe(serviceAccountRoleArn);
  await update({ configurationValues: PREFIXES });
  elapsed = 7_200_000;
  expect((await addon())?.serviceAccountRoleArn).toBeUndefined();
});

test('configuration that is left out stays, and an empty one goes back to the defaults', async () => {
  await update({ configurationValues: PREFIXES });
  elapsed = 3_600_000;
  await update();
  elapsed = 7_200_000;
  expect(await env('ENABLE_PREFIX_DELEGATION')).toBe('true');
  await update({ configurationValues: '{}' });
  elapsed = 10_800_000;
  expect(await env('ENABLE_PREFIX_DELEGATION')).toBe('false');
});

test('a request that is repeated with its token begins nothing', async () => {
  const one = await update({ configurationValues: PREFIXES, clientRequestToken: 'once' });
  const two = await update({ configurationValues: PREFIXES, clientRequestToken: 'once' });
  expect(two.update?.id).toBe(one.update?.id);
});

test.each([
  ['NONE', 'Failed', 'UPDATE_FAILED', '3'],
  ['PRESERVE', 'Successful', 'ACTIVE', '3'],
  ['OVERWRITE', 'Successful', 'ACTIVE', '1'],
] as const)('what was set by hand meets %s', async (resolveConflicts, status, addonStatus, value) => {
  await entered[Symbol.asyncDispose]();
  await begin({
    ...given,
    clusters: given.clusters.map((cluster) => ({
      ...cluster,
      kubernetes: cluster.kubernetes.map((kind) =>
        kind.kind === 'DaemonSet'
          ? {
              ...kind,
              items: JSON.parse(
                JSON.stringify(kind.items).replaceAll(
                  '{"name":"WARM_ENI_TARGET","value":"1"}',
                  '{"name":"WARM_ENI_TARGET","value":"3"}',
                ),
              ),
            }
          : kind,
      ),
    })),
  });
  const { update: begun } = await update({ configurationValues: PREFIXES, resolveConflicts });
  elapsed = 3_600_000;
  expect(await describe(begun?.id)).toMatchObject({
    status,
    errors: status === 'Failed' ? [{ errorCode: 'ConfigurationConflict' }] : [],
  });
  expect((await addon())?.status).toBe(addonStatus);
  expect(await env('WARM_ENI_TARGET')).toBe(value);
});

test.each<[string, Partial<UpdateAddonCommandInput>, string]>([
  ['a value that is no string', { configurationValues: '{"env":{"WARM_ENI_TARGET":1}}' }, 'InvalidParameterException'],
  ['a variable that is none', { configurationValues: 'env:\n  WARM_ENI: "1"\n' }, 'InvalidParameterException'],
  ['a document that is neither JSON nor YAML', { configurationValues: '{"env":' }, 'InvalidParameterException'],
  ['a version that is none', { addonVersion: 'v0.0.1-eksbuild.1' }, 'InvalidParameterException'],
  ['an add-on that is not there', { addonName: 'none' }, 'ResourceNotFoundException'],
])('EKS refuses %s', async (_, request, name) => {
  await expect(update(request)).rejects.toMatchObject({ name });
  expect(entered.sandbox.writes()).toEqual([]);
});

test('one update runs at a time', async () => {
  await update({ configurationValues: PREFIXES });
  await expect(update({ configurationValues: '{}' })).rejects.toMatchObject({ name: 'ResourceInUseException' });
});

test('the schema and the versions of an add-on can be asked for', async () => {
  const { addons = [] } = await entered.eks.send(new DescribeAddonVersionsCommand({ addonName: 'vpc-cni' }));
  const addonVersion = addons[0]?.addonVersions?.[0]?.addonVersion;
  expect(addonVersion).toMatch(/^v1\./);
  const { configurationSchema = '' } = await entered.eks.send(
    new DescribeAddonConfigurationCommand({ addonName: 'vpc-cni', addonVersion }),
  );
  expect(JSON.parse(configurationSchema).properties.env.properties.WARM_IP_TARGET).toEqual({ type: 'string' });
});
