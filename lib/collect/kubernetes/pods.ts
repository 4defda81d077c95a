import { conditions } from '#lib/collect/kubernetes/conditions.ts';
import { type Interner, interner } from '#lib/collect/kubernetes/intern.ts';
import { type JsonObject, message, number, object, objects, present, text } from '#lib/collect/kubernetes/json.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import { defineCollector, kubernetesLists } from '#lib/collect/sources.ts';
import type { Container, Pod } from '#lib/model/kubernetes.ts';

export const pods = defineCollector({
  key: 'pods',
  needs: ['cluster'],
  permissions: kubernetesLists('', 'pods'),
  collect({ kubernetes }) {
    const shared = interner();
    return kubernetes.list({ path: '/api/v1/pods', apiGroup: '', resource: 'pods' }, (item) => toPod(item, shared));
  },
});

function toPod(item: JsonObject, shared: Interner): Pod {
  const meta = metadata(item);
  const spec = object(item['spec']);
  const status = object(item['status']);
  return {
    namespace: shared.text(meta.namespace),
    name: meta.name,
    labels: shared.data(meta.labels),
    hostNetwork: spec['hostNetwork'] === true,
    phase: shared.text(text(status['phase']) ?? 'Unknown'),
    podIps: podIps(status),
    conditions: conditions(status['conditions'], shared.text),
    containers: [
      ...containers(spec['initContainers'], status['initContainerStatuses'], true),
      ...containers(spec['containers'], status['containerStatuses'], false),
    ].map(shared.data),
    createdAt: meta.createdAt,
    ...present({
      nodeName: shared.text(text(spec['nodeName'])),
      serviceAccountName: shared.text(text(spec['serviceAccountName'])),
      reason: shared.text(text(status['reason'])),
      dnsPolicy: shared.text(text(spec['dnsPolicy'])),
      owner: owner(item, shared),
      podEni: text(meta.annotations['vpc.amazonaws.com/pod-eni']),
      fargatePodSg: text(meta.annotations['fargate.amazonaws.com/pod-sg']),
      deletedAt: text(object(item['metadata'])['deletionTimestamp']),
    }),
  };
}

function podIps(status: JsonObject): string[] {
  const several = objects(status['podIPs']).flatMap(({ ip }) => text(ip) ?? []);
  const one = text(status['podIP']);
  return several.length > 0 || !one ? several : [one];
}

/** The controller, or the only owner there is. */
function owner(item: JsonObject, shared: Interner): Pod['owner'] {
  const owners = objects(object(item['metadata'])['ownerReferences']);
  const of = owners.find(({ controller }) => controller === true) ?? owners[0];
  const kind = text(of?.['kind']);
  const name = text(of?.['name']);
  return kind === undefined || name === undefined ? undefined : shared.data({ kind, name });
}

function containers(specs: unknown, statuses: unknown, init: boolean): Container[] {
  const byName = new Map(objects(statuses).map((status) => [status['name'], status]));
  return objects(specs).map((spec) => {
    const status = byName.get(spec['name']) ?? {};
    const state = object(status['state']);
    const waiting = object(state['waiting']);
    const terminated = object(object(status['lastState'])['terminated'] ?? state['terminated']);
    return {
      name: text(spec['name']) ?? '',
      image: text(spec['image']) ?? '',
      init,
      ready: status['ready'] === true,
      restartCount: number(status['restartCount']) ?? 0,
      ports: objects(spec['ports']).flatMap(port),
      ...present({
        waitingReason: text(waiting['reason']),
        waitingMessage: message(waiting['message']),
        terminatedReason: text(terminated['reason']),
        exitCode: number(terminated['exitCode']),
        memoryLimit: memoryLimit(spec),
      }),
    };
  });
}

function port(value: JsonObject): Container['ports'] {
  const containerPort = number(value['containerPort']);
  if (containerPort === undefined) return [];
  return [{ containerPort, protocol: text(value['protocol']) ?? 'TCP', ...present({ name: text(value['name']) }) }];
}

/** A quantity as written. */
export function memoryLimit(container: JsonObject): string | undefined {
  return text(object(object(container['resources'])['limits'])['memory']);
}
