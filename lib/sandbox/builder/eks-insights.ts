import { uid } from '#lib/sandbox/builder/ids.ts';
import type { ClusterSpec, InsightSpec, WorldSpec } from '#lib/sandbox/builder/spec.ts';
import type { JsonObject } from '#lib/sandbox/world.ts';

/** What EKS checks of every cluster. Source: the output of `aws eks list-insights`. */
const PASSING: readonly InsightSpec[] = [
  ['Kubelet version skew', 'Node kubelet versions match the cluster control plane version.'],
  ['kube-proxy version skew', 'kube-proxy versions match the cluster control plane version.'],
  ['EKS add-on version compatibility', 'All installed EKS add-on versions are compatible with next Kubernetes version.'],
  ['Cluster health issues', 'No cluster health issues detected.'],
  ['Amazon Linux 2 compatibility', 'No Amazon Linux 2 nodes detected.'],
].map(([name = '', reason = '']) => ({ name, reason, status: 'PASSING' }));

/** By id. */
export function eksInsights({ now }: WorldSpec, { name: cluster, version = '1.33', insights = [] }: ClusterSpec) {
  const all = new Map([...PASSING, ...insights].map((insight) => [insight.name, insight]));
  const [major, minor] = version.split('.');
  const context = { cluster, next: `${major}.${Number(minor) + 1}`, refreshed: now.getTime() / 1000 - 7 * 3600 };
  return Object.fromEntries([...all.values()].map((one) => [uid('insight', cluster, one.name), insightObject(one, context)]));
}

function insightObject(
  { name, category = 'UPGRADE_READINESS', status, reason, recommendation = '', resources = [] }: InsightSpec,
  { cluster, next, refreshed }: { cluster: string; next: string; refreshed: number },
): JsonObject {
  return {
    id: uid('insight', cluster, name),
    name,
    category,
    ...(category === 'UPGRADE_READINESS' ? { kubernetesVersion: next } : {}),
    lastRefreshTime: refreshed,
    lastTransitionTime: refreshed - 30 * 24 * 3600,
    description: `Checks: ${name}.`,
    insightStatus: { status, reason },
    recommendation,
    additionalInfo: {},
    resources: resources.map((kubernetesResourceUri) => ({ insightStatus: { status }, kubernetesResourceUri })),
    categorySpecificSummary: {},
  };
}
