import { type JsonObject, message, objects, text } from '#lib/collect/kubernetes/json.ts';
import { pause } from '#lib/collect/pause.ts';
import { isDone } from '#lib/collect/probes/canary-log.ts';
import { toCanaryPod } from '#lib/collect/probes/canary-pod.ts';
import { followPod, hasEnded, podLog } from '#lib/collect/probes/follow-pod.ts';
import { podAt } from '#lib/collect/probes/own-pods.ts';
import type { Sources } from '#lib/collect/sources.ts';
import type { CanaryPod } from '#lib/model/canary.ts';
import { cannotStart } from '#lib/network/canary/stage.ts';

type Followed = Omit<CanaryPod, 'role' | 'pinnedTo' | 'zone'>;

/** Milliseconds between two looks: a second, or less where there is less to wait. */
const everyOf = (timeout: number) => Math.min(1_000, timeout / 5);

/**
 * Looks at a canary pod until it runs, cannot run any more, is gone, or `timeout` milliseconds are over.
 * @throws ReadFailure
 */
export async function followCanaryPod(
  sources: Pick<Sources, 'kubernetes' | 'signal'>,
  { namespace, created, timeout }: { readonly namespace: string; readonly created: JsonObject; readonly timeout: number },
): Promise<Followed> {
  const began = performance.now();
  const first = toCanaryPod(created);
  const { pod } = await followPod(sources, {
    namespace,
    name: first.name,
    until: (item) =>
      hasEnded(item) || toCanaryPod(item).runningAt !== undefined || cannotStart(toCanaryPod(item).waiting?.reason),
    timeout,
    every: everyOf(timeout),
  });
  const seen = pod === undefined ? first : toCanaryPod(pod);
  const waitedSeconds = Math.round((performance.now() - began) / 1_000);
  const told = seen.runningAt === undefined ? await sandboxFailure(sources, namespace, seen.name) : undefined;
  return { ...seen, gone: pod === undefined, waitedSeconds, ...(told === undefined ? {} : { sandboxFailure: told }) };
}

/** What the kubelet says of a pod that got no network; undefined where it says nothing, or its events cannot be read. */
async function sandboxFailure(
  { kubernetes }: Pick<Sources, 'kubernetes'>,
  namespace: string,
  pod: string,
): Promise<string | undefined> {
  const list = {
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`,
    apiGroup: '',
    resource: 'events',
    query: { fieldSelector: `involvedObject.kind=Pod,involvedObject.name=${pod},reason=FailedCreatePodSandBox` },
  };
  const events = await kubernetes.list(list, (event) => event).catch(() => []);
  const told = events.map((event) => ({ at: text(event['lastTimestamp']) ?? '', said: message(event['message']) }));
  return told.toSorted((a, b) => (a.at < b.at ? 1 : -1))[0]?.said;
}

/** Bytes: more than all that a client can write. */
const LOG_LIMIT = 256 * 1024;

/**
 * A client's log, read again and again until it is at its end or `timeout` milliseconds are over.
 * @throws ReadFailure
 */
export async function followCanaryLog(
  sources: Pick<Sources, 'kubernetes' | 'signal'>,
  { namespace, name, timeout }: { readonly namespace: string; readonly name: string; readonly timeout: number },
): Promise<string> {
  const end = performance.now() + timeout;
  for (;;) {
    const log = await podLog(sources, { namespace, name, limit: LOG_LIMIT });
    if (isDone(log) || performance.now() >= end) return log;
    await pause(everyOf(timeout), sources.signal);
  }
}

/** Whether a pod that ran still does. @throws ReadFailure */
export async function stillRuns(
  { kubernetes }: Pick<Sources, 'kubernetes'>,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<boolean> {
  const item = await kubernetes.get({ ...podAt(namespace, name), limit: LOG_LIMIT });
  const held = objects(item && (item['status'] as JsonObject | undefined)?.['conditions']);
  return held.some(({ type, status }) => type === 'ContainersReady' && status === 'True');
}
