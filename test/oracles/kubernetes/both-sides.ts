/** One cluster of a world, read from the sandbox and from a real API server that was given the same objects. */
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { collect } from '#lib/collect/collect.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import type { EksCluster } from '#lib/model/eks.ts';
import type { Slice } from '#lib/model/slice.ts';
import type { SliceKey, Snapshot } from '#lib/model/snapshot.ts';
import { clusterArn, type Target } from '#lib/model/target.ts';
import type { Sandbox } from '#lib/sandbox/sandbox.ts';
import type { World, WorldCluster } from '#lib/sandbox/world.ts';
import { identity } from './collect-from.ts';
import { loadCluster } from './load-cluster.ts';
import { startKubeApiServer, VIEWERS } from './server.ts';

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
    await loadCluster(api, cluster);
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
