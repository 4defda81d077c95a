import { randomBytes } from 'node:crypto';
import { type JsonObject, object, text } from '#lib/collect/kubernetes/json.ts';
import type { KubernetesCollection } from '#lib/collect/kubernetes/writer.ts';
import type { Sources } from '#lib/collect/sources.ts';

/** Every pod of cniwatch carries it, and only such pods are swept. */
const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'cniwatch' } as const;
/** Which source made it: each sweeps its own. */
const PROBE_LABEL = 'app.kubernetes.io/component';

export function ownLabels(probe: string): Readonly<Record<string, string>> {
  return { ...MANAGED_BY, [PROBE_LABEL]: probe };
}

/** A name that no other run can have: whatever bears it is this run's, to be deleted. */
export function ownName(probe: string): string {
  return `cniwatch-${probe}-${randomBytes(5).toString('hex')}`;
}

export function podsOf(namespace: string): KubernetesCollection {
  return { path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`, apiGroup: '', resource: 'pods' };
}

/** Where one pod stands. */
export function podAt(namespace: string, name: string): KubernetesCollection {
  const pods = podsOf(namespace);
  return { ...pods, path: `${pods.path}/${encodeURIComponent(name)}` };
}

/**
 * Deletes what a crashed run left behind: pods of this probe that were created more than `olderThan` milliseconds before `now`.
 * @returns how many. @throws ReadFailure where they cannot be listed; one that cannot be deleted is left to the next sweep
 */
export function sweepPods(
  sources: Pick<Sources, 'kubernetes' | 'kubernetesWrites'>,
  { namespace, ...sweep }: Sweep & { readonly namespace: string },
): Promise<number> {
  return sweepOwn(sources, podsOf(namespace), sweep);
}

interface Sweep {
  readonly probe: string;
  /** Milliseconds. */
  readonly olderThan: number;
  readonly now: Date;
}

/** The same for objects of any kind. */
export async function sweepOwn(
  sources: Pick<Sources, 'kubernetes' | 'kubernetesWrites'>,
  at: KubernetesCollection,
  { probe, olderThan, now }: Sweep,
): Promise<number> {
  const found = await listOwn(sources, at, probe);
  const left = found.filter(({ createdAt }) => now.getTime() - createdAt > olderThan);
  const removed = await Promise.all(left.map(({ name }) => sources.kubernetesWrites.remove(at, name).catch(() => false)));
  return removed.filter(Boolean).length;
}

/**
 * Names of a probe's objects, and when each was created, in milliseconds since 1970.
 * @throws ReadFailure
 */
export function listOwn(
  { kubernetes }: Pick<Sources, 'kubernetes'>,
  at: KubernetesCollection,
  probe: string,
): Promise<readonly { readonly name: string; readonly createdAt: number }[]> {
  return kubernetes.list({ ...at, query: { labelSelector: labelSelector(ownLabels(probe)) } }, nameAndAge);
}

/** The text of a selector of exactly these labels. */
export function labelSelector(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function nameAndAge(item: JsonObject): { name: string; createdAt: number } {
  const metadata = object(item['metadata']);
  // Without a time it would never be swept: as old as can be.
  return { name: text(metadata['name']) ?? '', createdAt: Date.parse(text(metadata['creationTimestamp']) ?? '') || 0 };
}
