import type { KubernetesCollection } from '#lib/collect/kubernetes/writer.ts';
import { listOwn, ownName } from '#lib/collect/probes/own-pods.ts';
import type { Sources } from '#lib/collect/sources.ts';

/**
 * The group that Calico wants clients to write comes first: native objects, or its aggregated API server. Without either, the objects of
 * the other are read by calico-node just as they are.
 * Source: Calico documentation, "Calico node status" resource and "Calico API server".
 */
export const NODE_STATUSES = {
  groups: ['projectcalico.org', 'crd.projectcalico.org'],
  resource: 'caliconodestatuses',
  kind: 'CalicoNodeStatus',
} as const;

/** Which source of cniwatch makes them: they are labelled with it. */
export const MADE_BY = 'calico-node-status';
/** Milliseconds from which an object of ours is one of a run that crashed. */
const LEFT_OVER = 15 * 60_000;

export interface NodeStatusPlace extends KubernetesCollection {
  readonly apiVersion: string;
}

/**
 * Deletes what a run that crashed left, and finds out that this one may delete.
 * @returns where the objects stand; undefined where the API server does not serve them
 * @throws ReadFailure Forbidden where it may not list or delete: then nothing is to be created either
 */
export async function sweepCalicoNodeStatuses({
  kubernetes,
  kubernetesWrites,
  now,
}: Sources): Promise<NodeStatusPlace | undefined> {
  const at = await place(kubernetes);
  if (at === undefined) return undefined;
  const before = now().getTime() - LEFT_OVER;
  const left = (await listOwn({ kubernetes }, at, MADE_BY)).filter(({ createdAt }) => createdAt < before);
  // A name that nothing bears: RBAC refuses before anybody looks for it.
  await kubernetesWrites.remove(at, ownName(MADE_BY));
  // One that cannot be deleted now is left to the next run.
  await Promise.all(left.map(({ name }) => kubernetesWrites.remove(at, name).catch(() => false)));
  return at;
}

async function place(kubernetes: Sources['kubernetes']): Promise<NodeStatusPlace | undefined> {
  const { resource } = NODE_STATUSES;
  const discovery = await kubernetes.discovery();
  for (const apiGroup of NODE_STATUSES.groups) {
    const version = discovery.version(apiGroup, resource);
    if (version === undefined) continue;
    return { path: `/apis/${apiGroup}/${version}/${resource}`, apiGroup, resource, apiVersion: `${apiGroup}/${version}` };
  }
  return undefined;
}
