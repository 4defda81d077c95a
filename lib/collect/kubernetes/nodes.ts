import { conditions } from '#lib/collect/kubernetes/conditions.ts';
import { interner } from '#lib/collect/kubernetes/intern.ts';
import { type JsonObject, object, objects, present, quantity, text, textMap, texts } from '#lib/collect/kubernetes/json.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import { defineCollector, kubernetesLists } from '#lib/collect/sources.ts';
import type { DaemonSet, Node } from '#lib/model/kubernetes.ts';
import { dataOf } from '#lib/model/slice.ts';
import { findCnis } from '#lib/network/cni.ts';
import { vpcCniSettings } from '#lib/network/vpc-cni.ts';

/** Annotations by which a CNI says how it runs on a node. */
const CNI_ANNOTATIONS =
  /^((vpc|k8s)\.amazonaws\.com|flannel\.alpha\.coreos\.com|(crd\.)?projectcalico\.org|([\w-]+\.)*cilium\.io|network\.cilium\.io)\//;

export const nodes = defineCollector({
  key: 'nodes',
  needs: ['cluster', 'daemonSets'],
  permissions: kubernetesLists('', 'nodes'),
  collect({ kubernetes }, { daemonSets }) {
    const keep = annotationFilter(dataOf(daemonSets) ?? []);
    const { text: shared } = interner();
    return kubernetes.list({ path: '/api/v1/nodes', apiGroup: '', resource: 'nodes' }, (item) => toNode(item, keep, shared));
  },
});

/** The CNI's own annotations, and the one that the VPC CNI is told to find a node's ENIConfig by. */
function annotationFilter(daemonSets: readonly DaemonSet[]): (key: string) => boolean {
  const vpcCni = findCnis(daemonSets).find(({ kind }) => kind === 'vpc-cni');
  const configured = vpcCni && vpcCniSettings(vpcCni).eniConfigAnnotation;
  return (key) => key === configured || CNI_ANNOTATIONS.test(key);
}

function toNode(item: JsonObject, keep: (key: string) => boolean, shared: <T extends string | undefined>(value: T) => T): Node {
  const meta = metadata(item);
  const spec = object(item['spec']);
  const status = object(item['status']);
  const info = object(status['nodeInfo']);
  const allocatable = object(status['allocatable']);
  const providerId = text(spec['providerID']);
  return {
    name: meta.name,
    labels: Object.fromEntries(Object.entries(meta.labels).map(([key, value]) => [key, shared(value)])),
    annotations: Object.fromEntries(Object.entries(textMap(meta.annotations)).filter(([key]) => keep(key))),
    internalIps: objects(status['addresses']).flatMap(({ type, address }) =>
      type === 'InternalIP' ? (text(address) ?? []) : [],
    ),
    podCidrs: texts(spec['podCIDRs'] ?? (text(spec['podCIDR']) ? [spec['podCIDR']] : [])),
    unschedulable: spec['unschedulable'] === true,
    taints: objects(spec['taints']).map(({ key, value, effect }) => ({
      key: text(key) ?? '',
      effect: text(effect) ?? '',
      ...present({ value: text(value) }),
    })),
    conditions: conditions(status['conditions'], shared),
    createdAt: meta.createdAt,
    ...present({
      providerId,
      instanceId: instanceIdOf(providerId),
      allocatablePods: quantity(allocatable['pods']),
      allocatablePodEnis: quantity(allocatable['vpc.amazonaws.com/pod-eni']),
      kubeletVersion: shared(text(info['kubeletVersion'])),
      kernelVersion: shared(text(info['kernelVersion'])),
      osImage: shared(text(info['osImage'])),
      operatingSystem: shared(text(info['operatingSystem'])),
      architecture: shared(text(info['architecture'])),
    }),
  };
}

/** `aws:///<zone>/<instance id>`; Fargate and hybrid nodes have other endings. */
function instanceIdOf(providerId: string | undefined): string | undefined {
  return /^aws:\/\/.*\/(i-\w+)$/.exec(providerId ?? '')?.[1];
}
