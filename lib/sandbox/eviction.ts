import type { Answer } from '#lib/sandbox/aws-answer.ts';
import { isReady } from '#lib/sandbox/controllers/pod-state.ts';
import { deploymentOf } from '#lib/sandbox/controllers/replicas.ts';
import { JSON_HEADERS, notFound, status } from '#lib/sandbox/kubernetes-status.ts';
import type { LiveCluster } from '#lib/sandbox/live-world.ts';
import { matchesLabels } from '#lib/sandbox/match-labels.ts';
import type { JsonObject, KubernetesObject } from '#lib/sandbox/world.ts';

const PODS = { apiVersion: 'v1', plural: 'pods' };
const BUDGETS = { apiVersion: 'policy/v1', plural: 'poddisruptionbudgets' };

export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** The pod that a path asks to evict. */
export function evictedPod(path: string): PodName | undefined {
  const [, namespace = '', name = ''] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/eviction$/.exec(path) ?? [];
  return name === '' ? undefined : { namespace, name };
}

/** Why a pod may not be evicted, or that it was. Source: Kubernetes documentation, "API-initiated Eviction". */
export function evict(cluster: LiveCluster, { namespace, name }: PodName, body: JsonObject): Answer {
  const { store } = cluster;
  if (cluster.now.forbidden?.includes('create pods/eviction'))
    return status(
      403,
      'Forbidden',
      `pods "${name}" is forbidden: User "cniwatch" cannot create resource "pods/eviction" in API group "" in the namespace "${namespace}"`,
    );
  const pod = store.get(PODS, namespace, name);
  if (pod === undefined) return notFound('pods', name);
  const refusal = refusalOf(cluster, pod);
  if (refusal !== undefined) return refusal;
  const { dryRun = [] } = (body['deleteOptions'] ?? {}) as { readonly dryRun?: readonly string[] };
  if (!dryRun.includes('All')) store.remove(PODS, namespace, name);
  const answer = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  return { status: 201, headers: JSON_HEADERS, body: JSON.stringify(answer) };
}

function refusalOf(cluster: LiveCluster, pod: KubernetesObject): Answer | undefined {
  const { store } = cluster;
  const { phase } = (pod['status'] ?? {}) as { readonly phase?: string };
  if (phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending') return undefined;
  const { namespace } = pod.metadata;
  const inNamespace = ({ metadata }: KubernetesObject) => metadata.namespace === namespace;
  const budgets = (store.find(BUDGETS)?.items ?? []).filter(inNamespace).filter((budget) => covers(budget, pod));
  const [budget] = budgets;
  if (budget === undefined) return undefined;
  if (budgets.length > 1)
    return status(
      500,
      'InternalError',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  const covered = (store.find(PODS)?.items ?? []).filter(inNamespace).filter((each) => covers(budget, each));
  const healthy = covered.filter(isReady).length;
  const needed = healthyNeeded(budget, expectedOf(cluster, pod) ?? covered.length);
  // One that is not healthy may go as long as the others are enough.
  if (!isReady(pod) && (healthy >= needed || alwaysAllows(budget))) return undefined;
  if (healthy > needed) return undefined;
  const message = `The disruption budget ${budget.metadata.name} needs ${needed} healthy pods and has ${healthy} currently`;
  return status(429, 'TooManyRequests', `Cannot evict pod as it would violate the pod's disruption budget.`, {
    causes: [{ reason: 'DisruptionBudget', message }],
  });
}

/** As many as its Deployment wants; without one, those that there are count. */
function expectedOf(cluster: LiveCluster, pod: KubernetesObject): number | undefined {
  const { replicas } = (deploymentOf(cluster, pod)?.['spec'] ?? {}) as { readonly replicas?: number };
  return replicas;
}

function covers(budget: KubernetesObject, { metadata }: KubernetesObject): boolean {
  const { selector } = budget['spec'] as { readonly selector?: JsonObject };
  return selector !== undefined && matchesLabels(selector, metadata.labels ?? {});
}

function alwaysAllows(budget: KubernetesObject): boolean {
  return (budget['spec'] as JsonObject)['unhealthyPodEvictionPolicy'] === 'AlwaysAllow';
}

/** A share is rounded up, of what must be there and of what may be missing. Source: Kubernetes documentation, "Specifying a PodDisruptionBudget". */
function healthyNeeded(budget: KubernetesObject, expected: number): number {
  const { minAvailable, maxUnavailable } = budget['spec'] as {
    readonly minAvailable?: number | string;
    readonly maxUnavailable?: number | string;
  };
  if (maxUnavailable !== undefined) return Math.max(0, expected - share(maxUnavailable, expected));
  return share(minAvailable ?? 1, expected);
}

/** A number, or a percentage of the whole rounded up. */
export function share(value: number | string, whole: number): number {
  const text = String(value);
  return text.endsWith('%') ? Math.ceil((Number.parseFloat(text) / 100) * whole) : Number(text);
}
