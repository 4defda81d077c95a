import { conditions } from '#lib/collect/kubernetes/conditions.ts';
import { type JsonObject, message, object, objects, present, text } from '#lib/collect/kubernetes/json.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import { phaseOf } from '#lib/collect/probes/follow-pod.ts';
import type { CanaryPod } from '#lib/model/canary.ts';
import type { Condition } from '#lib/model/kubernetes.ts';

/** What a pod of the API tells of how far it got. */
export function toCanaryPod(
  item: JsonObject,
): Omit<CanaryPod, 'role' | 'pinnedTo' | 'zone' | 'gone' | 'waitedSeconds' | 'sandboxFailure'> {
  const { name, createdAt } = metadata(item);
  const status = object(item['status']);
  const held = conditions(status['conditions']);
  const scheduled = held.find(({ type }) => type === 'PodScheduled');
  const since = (type: string) => held.find((one) => one.type === type && one.status === 'True')?.lastTransitionTime;
  const ips = objects(status['podIPs']).flatMap(({ ip }) => text(ip) ?? []);
  return {
    name,
    createdAt,
    phase: phaseOf(item),
    podIps: ips.length > 0 ? ips : [text(status['podIP'])].filter((ip) => ip !== undefined),
    ...present({
      nodeName: text(object(item['spec'])['nodeName']),
      scheduledAt: since('PodScheduled'),
      networkAt: since('PodReadyToStartContainers'),
      runningAt: since('ContainersReady'),
      unschedulable: unschedulable(scheduled),
      waiting: waitingOf(status),
      failure: failureOf(status),
    }),
  };
}

function unschedulable(scheduled: Condition | undefined): string | undefined {
  if (scheduled?.status !== 'False') return undefined;
  return scheduled.message ?? scheduled.reason ?? 'the scheduler gave no reason';
}

function stateOf(status: JsonObject): JsonObject {
  return object(object(objects(status['containerStatuses'])[0])['state']);
}

function waitingOf(status: JsonObject): CanaryPod['waiting'] {
  const waiting = object(stateOf(status)['waiting']);
  const reason = text(waiting['reason']);
  return reason === undefined ? undefined : { reason, ...present({ message: message(waiting['message']) }) };
}

/** Why it failed, by the kubelet, or else by its container. */
function failureOf(status: JsonObject): string | undefined {
  if (text(status['phase']) !== 'Failed') return undefined;
  const terminated = object(stateOf(status)['terminated']);
  const exit = terminated['exitCode'];
  const parts = [text(status['reason']), message(status['message']), text(terminated['reason'])].filter(Boolean);
  return [...parts, ...(exit === undefined ? [] : [`exit code ${exit}`])].join(': ') || 'it gave no reason';
}
