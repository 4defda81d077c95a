import { nodeOf } from '#lib/sandbox/controllers/pod-state.ts';
import type { LiveCluster } from '#lib/sandbox/live-world.ts';
import type { JsonObject, KubernetesObject } from '#lib/sandbox/world.ts';

interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

/**
 * The emptiest node that takes the pod, by readiness, cordons, taints, its node selector and the number of pods; affinities and
 * requested resources are not weighed.
 */
export function scheduled({ store }: LiveCluster, spec: JsonObject): string | undefined {
  const pods = store.find({ apiVersion: 'v1', plural: 'pods' })?.items ?? [];
  const placed = Map.groupBy(pods, nodeOf);
  const { tolerations = [], nodeSelector = {} } = spec as {
    readonly tolerations?: readonly Toleration[];
    readonly nodeSelector?: Readonly<Record<string, string>>;
  };
  const room = (node: KubernetesObject) => podLimit(node) - (placed.get(node.metadata.name)?.length ?? 0);
  const fits = (node: KubernetesObject) =>
    isOpen(node, tolerations) &&
    Object.entries(nodeSelector).every(([key, value]) => node.metadata.labels?.[key] === value) &&
    room(node) > 0;
  const [best] = (store.find({ apiVersion: 'v1', plural: 'nodes' })?.items ?? [])
    .filter(fits)
    .sort((one, other) => room(other) - room(one));
  return best?.metadata.name;
}

function podLimit(node: KubernetesObject): number {
  const { allocatable = {} } = (node['status'] ?? {}) as { readonly allocatable?: Readonly<Record<string, string>> };
  return Number(allocatable['pods'] ?? 0);
}

function isOpen(node: KubernetesObject, tolerations: readonly Toleration[]): boolean {
  const { unschedulable = false, taints = [] } = (node['spec'] ?? {}) as {
    readonly unschedulable?: boolean;
    readonly taints?: readonly Taint[];
  };
  const { conditions = [] } = (node['status'] ?? {}) as { readonly conditions?: readonly JsonObject[] };
  const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  const refused = taints.some(
    (taint) => taint.effect !== 'PreferNoSchedule' && !tolerations.some((toleration) => tolerates(toleration, taint)),
  );
  return isReady && !unschedulable && !refused;
}

/** Source: Kubernetes documentation, "Taints and Tolerations". */
function tolerates({ key, operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect !== undefined && effect !== taint.effect) return false;
  if (key === undefined) return operator === 'Exists';
  return key === taint.key && (operator === 'Exists' || value === (taint.value ?? ''));
}
