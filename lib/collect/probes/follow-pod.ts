import { type JsonObject, object, text } from '#lib/collect/kubernetes/json.ts';
import { pause } from '#lib/collect/pause.ts';
import { podAt } from '#lib/collect/probes/own-pods.ts';
import type { Sources } from '#lib/collect/sources.ts';

/** Bytes of one pod's object. */
const POD_LIMIT = 256 * 1024;
/** Milliseconds between two looks. */
const EVERY = 1_000;

export interface Followed {
  /** As it was seen last; undefined where somebody deleted it. */
  readonly pod: JsonObject | undefined;
  /** Whether `until` was met before the time was over. */
  readonly met: boolean;
}

/**
 * Looks at a pod again and again until `until` holds, it is gone, or `timeout` milliseconds are over.
 * @throws ReadFailure, also when the run ends
 */
export async function followPod(
  { kubernetes, signal }: Pick<Sources, 'kubernetes' | 'signal'>,
  {
    namespace,
    name,
    until,
    timeout,
    every = EVERY,
  }: { namespace: string; name: string; until: (pod: JsonObject) => boolean; timeout: number; every?: number },
): Promise<Followed> {
  const end = performance.now() + timeout;
  for (;;) {
    const pod = await kubernetes.get({ ...podAt(namespace, name), limit: POD_LIMIT });
    if (pod === undefined) return { pod, met: false };
    if (until(pod)) return { pod, met: true };
    if (performance.now() >= end) return { pod, met: false };
    await pause(every, signal);
  }
}

/** `status.phase`. */
export function phaseOf(pod: JsonObject): string {
  return text(object(pod['status'])['phase']) ?? 'Unknown';
}

export const hasEnded = (pod: JsonObject): boolean => /^(Succeeded|Failed)$/.test(phaseOf(pod));

/**
 * The log of a pod's only container.
 * @throws ReadFailure; UnexpectedResponse where it is longer than `limit` bytes: nothing of it is to be trusted then
 */
export function podLog(
  { kubernetes }: Pick<Sources, 'kubernetes'>,
  { namespace, name, limit }: { namespace: string; name: string; limit: number },
): Promise<string> {
  const path = `${podAt(namespace, name).path}/log`;
  // One byte more than is read, so that a longer log is noticed.
  return kubernetes.text({ path, apiGroup: '', resource: 'pods/log', query: { limitBytes: String(limit + 1) }, limit });
}
