import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterRole } from '#lib/collect/cluster-role.ts';
import { collect } from '#lib/collect/collect.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import { READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import type { EksCluster } from '#lib/model/eks.ts';
import type { Slice } from '#lib/model/slice.ts';
import type { SliceKey, Snapshot } from '#lib/model/snapshot.ts';
import { clusterArn, type Target } from '#lib/model/target.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import type { WorldCluster } from '#lib/sandbox/world.ts';
import { apply, defineKinds, type KubernetesObject } from './apply.ts';
import { identity } from './collect-from.ts';
import { comparable } from './comparable.ts';
import { type KubeApiServer, startKubeApiServer, VIEWERS } from './server.ts';

const world = embeddedFleet(new Date());
const READER = identity('reader', VIEWERS);
const KUBERNETES_SLICES: readonly SliceKey[] = [
  'nodes',
  'pods',
  'events',
  'daemonSets',
  'deployments',
  'configMaps',
  'services',
  'endpointSlices',
  'namespaces',
  'networkPolicies',
  'eniConfigs',
  'cniNodes',
  'securityGroupPolicies',
  'cniResources',
  'policyResources',
];

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox(world);
});
afterAll(() => sandbox?.close());

/** Loads a cluster's objects and whatever kinds the server does not have of its own. */
async function load(api: KubeApiServer, { kubernetes }: WorldCluster): Promise<void> {
  const custom = kubernetes.filter(({ apiVersion }) => isCustom(apiVersion));
  await defineKinds(
    api.admin,
    custom.map(({ apiVersion, kind, plural, namespaced }) => {
      const [group = '', version = ''] = apiVersion.split('/');
      return { group, version, kind, plural, namespaced };
    }),
  );
  const objects = kubernetes.flatMap(({ apiVersion, kind, items }) =>
    items.map((item): KubernetesObject => ({ ...item, apiVersion, kind })),
  );
  await apply(api.admin, [...clusterRole(VIEWERS, READ_PERMISSIONS.kubernetes), ...objects]);
}

/** Groups of Kubernetes itself have no dot, or end in k8s.io; the VPC CNI's end in k8s.aws and k8s.amazonaws.com. */
const isCustom = (apiVersion: string) => /\./.test(apiVersion) && !/\.k8s\.io\//.test(apiVersion);

function collectOf(target: Target, endpointOf: (cluster: EksCluster) => Partial<EksCluster>): Promise<Snapshot> {
  const settings = { region: target.region, endpoint: sandbox.endpoint, credentials: READER };
  const enter = eksAccess({ target, credentials: READER });
  return collect(target, {
    aws: {
      eks: new EKSClient(settings),
      ec2: new EC2Client(settings),
      autoScaling: new AutoScalingClient(settings),
      serviceQuotas: new ServiceQuotasClient(settings),
    },
    kubernetes: (cluster: Slice<EksCluster>) =>
      enter(cluster.ok ? { ok: true, data: { ...cluster.data, ...endpointOf(cluster.data) } } : cluster),
    deadlineMs: 60_000,
  });
}

describe.each(world.clusters.map((cluster) => ({ name: cluster.name, cluster })))('$name', ({ name, cluster }) => {
  const target = { account: world.account, region: world.region, name, arn: clusterArn(world.account, world.region, name) };
  let fromSandbox: Snapshot;
  let fromServer: Snapshot;
  beforeAll(async () => {
    const { serviceIpv4Cidr: serviceCidr } = cluster.eks['kubernetesNetworkConfig'] as { serviceIpv4Cidr: string };
    const api = await startKubeApiServer({ cluster: name, identities: [READER], serviceCidr });
    try {
      await load(api, cluster);
      const certificateAuthorityData = Buffer.from(api.certificate.cert).toString('base64');
      fromServer = await collectOf(target, () => ({ endpoint: api.server, certificateAuthorityData }));
    } finally {
      await api.stop();
    }
    fromSandbox = await collectOf(target, () => ({}));
  });

  test.each(KUBERNETES_SLICES)('%s are the same from the sandbox as from a real API server', (key) => {
    expect(fromSandbox.slices[key]).toMatchObject({ ok: true });
    expect(comparable(fromSandbox.slices[key])).toEqual(comparable(fromServer.slices[key]));
  });
});
