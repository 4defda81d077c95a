/** One cluster of a world, read from the sandbox and from a real API server that was given the same objects. */
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { clusterRole } from '#lib/collect/cluster-role.ts';
import { collect } from '#lib/collect/collect.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import { READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import type { EksCluster } from '#lib/model/eks.ts';
import type { Slice } from '#lib/model/slice.ts';
import type { SliceKey, Snapshot } from '#lib/model/snapshot.ts';
import { clusterArn, type Target } from '#lib/model/target.ts';
import type { Sandbox } from '#lib/sandbox/sandbox.ts';
import type { World, WorldCluster } from '#lib/sandbox/world.ts';
import { apply, defineKinds, type KubernetesObject } from './apply.ts';
import { identity } from './collect-from.ts';
import { type KubeApiServer, startKubeApiServer, VIEWERS } from './server.ts';

const READER = identity('reader', VIEWERS);
export const KUBERNETES_SLICES: readonly SliceKey[] = [
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

/** Loads a cluster's objects and whatever kinds the server does not have of its own; what the world forbids is not granted. */
async function load(api: KubeApiServer, { kubernetes: all, forbidden = [] }: WorldCluster): Promise<void> {
  // Served by the metrics server, which keeps no objects.
  const kubernetes = all.filter(({ apiVersion }) => !apiVersion.startsWith('metrics.k8s.io/'));
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
  const granted = READ_PERMISSIONS.kubernetes
    .map(({ resources, ...rule }) => ({ ...rule, resources: resources.filter((resource) => !forbidden.includes(resource)) }))
    .filter(({ resources }) => resources.length > 0);
  await apply(api.admin, [...clusterRole(VIEWERS, granted), ...objects]);
}

/** Groups of Kubernetes itself have no dot, or end in k8s.io; the VPC CNI's end in k8s.aws and k8s.amazonaws.com. */
const isCustom = (apiVersion: string) => /\./.test(apiVersion) && !/\.k8s\.io\//.test(apiVersion);

function collectOf(
  sandbox: Sandbox,
  target: Target,
  endpointOf: (cluster: EksCluster) => Partial<EksCluster>,
): Promise<Snapshot> {
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

export interface BothSides {
  readonly fromSandbox: Snapshot;
  readonly fromServer: Snapshot;
}

export async function readFromBoth(sandbox: Sandbox, { account, region }: World, cluster: WorldCluster): Promise<BothSides> {
  const { name } = cluster;
  const target = { account, region, name, arn: clusterArn(account, region, name) };
  const { serviceIpv4Cidr: serviceCidr } = cluster.eks['kubernetesNetworkConfig'] as { serviceIpv4Cidr: string };
  const api = await startKubeApiServer({ cluster: name, identities: [READER], serviceCidr });
  try {
    await load(api, cluster);
    const certificateAuthorityData = Buffer.from(api.certificate.cert).toString('base64');
    return {
      fromServer: withoutItsOwnEvents(
        await collectOf(sandbox, target, () => ({ endpoint: api.server, certificateAuthorityData })),
      ),
      fromSandbox: await collectOf(sandbox, target, () => ({})),
    };
  } finally {
    await api.stop();
  }
}

/** Reasons of the warnings that an API server writes by itself, while it allocates or repairs the addresses of Services. */
const OWN_REASONS = /^(ClusterIP|Port|IPAddress)(NotAllocated|NotValid|OutOfRange|AlreadyAllocated|WrongReference)$/;

/** Whether it writes any hangs on the moment at which its repair loop meets a Service that was just made. */
function withoutItsOwnEvents(snapshot: Snapshot): Snapshot {
  const { events } = snapshot.slices;
  if (!events.ok) return snapshot;
  const data = events.data.filter(({ reason }) => !OWN_REASONS.test(reason));
  return { ...snapshot, slices: { ...snapshot.slices, events: { ...events, data } } };
}
