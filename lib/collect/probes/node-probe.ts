import { type JsonObject, message, object, objects, text } from '#lib/collect/kubernetes/json.ts';
import { followPod, hasEnded, phaseOf, podLog } from '#lib/collect/probes/follow-pod.ts';
import { probeAnswer } from '#lib/collect/probes/node-probe-answer.ts';
import { nodeProbePod } from '#lib/collect/probes/node-probe-pod.ts';
import { podsOf } from '#lib/collect/probes/own-pods.ts';
import type { Sources } from '#lib/collect/sources.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { NodeProbe } from '#lib/model/node-probe.ts';

/** Bytes: the script tells of a node with all that it may tell in less. */
const LOG_LIMIT = 1024 * 1024;
/** Milliseconds for a pod to be started, which may take pulling its image, and to look around. */
const PATIENCE = 45_000;
/** Milliseconds of the run that are left for reading the log and deleting the pod. */
const RESERVE = 10_000;

/** Milliseconds that this run can wait for its probes: what they tell is lost at its deadline. */
export function patience({ remaining }: Pick<Sources, 'remaining'>): number {
  return Math.max(0, Math.min(PATIENCE, remaining() - RESERVE));
}

/**
 * Looks at one node, by a pod that is deleted in every case.
 * @param made called once it is known whether the API server took the pod
 * @throws ReadFailure where nobody may create one: a failure of the source, and not of a node
 */
export async function probeNode(sources: Sources, node: string, made: (taken: boolean) => void): Promise<NodeProbe> {
  const { namespace, image } = sources.settings.probes;
  const pod = nodeProbePod({ namespace, node, image });
  const { name } = pod.metadata;
  try {
    return await sources.kubernetesWrites.temporarily(podsOf(namespace), pod, async () => {
      made(true);
      const followed = await followPod(sources, { namespace, name, until: isDecided, timeout: patience(sources) });
      if (followed.pod === undefined) return { nodeName: node, unread: 'Its pod was deleted by somebody else.' };
      if (phaseOf(followed.pod) !== 'Succeeded')
        return { nodeName: node, unread: await whyNot(sources, { namespace, name, pod: followed.pod }) };
      const answer = probeAnswer(await podLog(sources, { namespace, name, limit: LOG_LIMIT }));
      return typeof answer === 'string' ? { nodeName: node, unread: answer } : { nodeName: node, found: answer };
    });
  } catch (error) {
    if (!(error instanceof ReadFailure) || isOfTheSource(error)) throw error;
    return { nodeName: node, unread: error.message };
  } finally {
    made(false);
  }
}

function isOfTheSource({ code }: ReadFailure): boolean {
  return code === 'Forbidden' || code === 'Unauthorized' || code === 'NotServed' || code === 'Cancelled';
}

/** It has ended, or waits for what does not come by waiting. */
function isDecided(pod: JsonObject): boolean {
  return hasEnded(pod) || /^(ImagePullBackOff|InvalidImageName|CreateContainerConfigError)$/.test(waiting(pod).reason);
}

function waiting(pod: JsonObject): { readonly reason: string; readonly said: string } {
  const [container = {}] = objects(object(pod['status'])['containerStatuses']);
  const state = object(object(container['state'])['waiting']);
  return { reason: text(state['reason']) ?? '', said: message(state['message']) ?? '' };
}

/** A sentence: why the pod told nothing. */
async function whyNot(
  sources: Sources,
  { namespace, name, pod }: { namespace: string; name: string; pod: JsonObject },
): Promise<string> {
  const status = object(pod['status']);
  const { reason, said } = waiting(pod);
  if (phaseOf(pod) === 'Failed') {
    const [container = {}] = objects(status['containerStatuses']);
    const { exitCode } = object(object(container['state'])['terminated']);
    const why = text(status['reason']) ?? (exitCode === undefined ? 'without a reason' : `exit code ${exitCode}`);
    return `Its pod failed: ${why}${clause(message(status['message']))}.`;
  }
  if (/Image/.test(reason)) return `The image of its pod cannot be had: ${reason}${clause(said)}: probes.image names it.`;
  const told = await lastEvent(sources, namespace, name);
  return `Its pod did not run in time: ${told ?? (reason || `it is ${phaseOf(pod)}`)}.`;
}

const clause = (said: string | undefined): string => (said ? `: ${said.replace(/\.$/, '')}` : '');

/** What the kubelet says of the pod, where events may be read. */
async function lastEvent({ kubernetes }: Sources, namespace: string, name: string): Promise<string | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
  const query = { fieldSelector: `involvedObject.name=${name},type=Warning` };
  const told = await kubernetes
    .list({ path, apiGroup: '', resource: 'events', query }, (item) => {
      const said = message(item['message']);
      return said && `${text(item['reason'])}: ${said.replace(/\.$/, '')}`;
    })
    .catch(() => []);
  return told.findLast((said) => said !== undefined);
}
