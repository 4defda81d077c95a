import type { CustomResource } from '#lib/model/kubernetes.ts';
import type { SliceData, SliceKey, Slices } from '#lib/model/snapshot.ts';
import type { KubernetesObject, KubernetesResource, WorldCluster } from '#lib/sandbox/world.ts';
import {
  cniNodeObject,
  configMapObjects,
  eniConfigObject,
  nodeClaimObject,
  nodeClassObject,
  nodePoolObject,
  securityGroupPolicyObject,
} from '#lib/sandbox/world-of/cni-objects.ts';
import { endpointSliceObject, networkPolicyObject, serviceObject } from '#lib/sandbox/world-of/network-objects.ts';
import { eventObject, nodeObject, podObject } from '#lib/sandbox/world-of/node-objects.ts';
import { daemonSetObject, deploymentObject } from '#lib/sandbox/world-of/workload-objects.ts';
import type { Read } from '#lib/sandbox/world-of/world-of.ts';

type ListKey = { [K in SliceKey]: SliceData[K] extends readonly unknown[] ? K : never }[SliceKey];

/** A slice and the kind that it is of. Those of CustomResourceDefinitions are served only where there were some or none of it. */
interface KindOf {
  readonly key: ListKey;
  readonly resource: Omit<KubernetesResource, 'items'>;
  readonly custom?: true;
  items(read: Read): readonly KubernetesObject[];
}

function kind<K extends ListKey>(
  key: K,
  [apiVersion, plural, name, namespaced]: readonly [string, string, string, boolean],
  object: (item: SliceData[K][number], at: number) => KubernetesObject,
  custom?: true,
): KindOf {
  return {
    key,
    resource: { apiVersion, plural, kind: name, namespaced },
    ...(custom ? { custom } : {}),
    items: (read) => ((read(key) ?? []) as readonly SliceData[K][number][]).map(object),
  };
}

const KINDS: readonly KindOf[] = [
  kind('nodes', ['v1', 'nodes', 'Node', false], nodeObject),
  kind('pods', ['v1', 'pods', 'Pod', true], podObject),
  kind('events', ['v1', 'events', 'Event', true], eventObject),
  kind('services', ['v1', 'services', 'Service', true], serviceObject),
  kind('namespaces', ['v1', 'namespaces', 'Namespace', false], ({ name, labels }) => ({ metadata: { name, labels } })),
  kind('daemonSets', ['apps/v1', 'daemonsets', 'DaemonSet', true], daemonSetObject),
  kind('deployments', ['apps/v1', 'deployments', 'Deployment', true], deploymentObject),
  kind('endpointSlices', ['discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', true], endpointSliceObject),
  kind('networkPolicies', ['networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', true], networkPolicyObject),
  kind('eniConfigs', ['crd.k8s.amazonaws.com/v1alpha1', 'eniconfigs', 'ENIConfig', false], eniConfigObject, true),
  kind('cniNodes', ['vpcresources.k8s.aws/v1alpha1', 'cninodes', 'CNINode', false], cniNodeObject, true),
  kind(
    'securityGroupPolicies',
    ['vpcresources.k8s.aws/v1beta1', 'securitygrouppolicies', 'SecurityGroupPolicy', true],
    securityGroupPolicyObject,
    true,
  ),
  kind('nodeClaims', ['karpenter.sh/v1', 'nodeclaims', 'NodeClaim', false], nodeClaimObject, true),
  kind('nodePools', ['karpenter.sh/v1', 'nodepools', 'NodePool', false], nodePoolObject, true),
  kind('nodeClasses', ['eks.amazonaws.com/v1', 'nodeclasses', 'NodeClass', false], nodeClassObject, true),
];

export function kubernetesKinds(slices: Slices, read: Read): Pick<WorldCluster, 'kubernetes' | 'forbidden'> {
  const isServed = ({ key, custom }: KindOf) => (slices[key].ok ? !isAbsent(slices[key]) : custom === undefined);
  const kinds = KINDS.filter(isServed);
  const unread = kinds.filter(({ key }) => !slices[key].ok).map(({ resource }) => resource.plural);
  return {
    kubernetes: [
      ...kinds.map((each) => ({ ...each.resource, items: each.items(read) })),
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        plural: 'configmaps',
        namespaced: true,
        items: configMapObjects(read('configMaps') ?? []),
      },
      ...wholeKinds([...(read('cniResources') ?? []), ...(read('policyResources') ?? [])]),
    ],
    forbidden: [...unread, ...(slices.configMaps.ok ? [] : ['configmaps'])],
  };
}

/** Read, and not installed: it is an empty list that says so. */
function isAbsent(slice: Slices[SliceKey]): boolean {
  return slice.ok && 'absent' in slice && slice.absent === true;
}

/** Objects that a Snapshot keeps whole, by their kinds. */
function wholeKinds(items: readonly CustomResource[]): readonly KubernetesResource[] {
  return [...Map.groupBy(items, ({ apiVersion, kind: name }) => `${apiVersion} ${name}`).values()].flatMap((of) => {
    const [first] = of;
    if (first === undefined) return [];
    return [
      {
        apiVersion: first.apiVersion,
        kind: first.kind,
        plural: pluralOf(first.kind),
        namespaced: of.some(({ namespace }) => namespace !== undefined),
        items: of.map(({ name, namespace, labels, ...rest }) => ({
          ...rest,
          metadata: { name, labels, ...(namespace === undefined ? {} : { namespace }) },
        })),
      },
    ];
  });
}

function pluralOf(name: string): string {
  const lower = name.toLowerCase();
  if (lower.endsWith('y')) return `${lower.slice(0, -1)}ies`;
  return lower.endsWith('s') ? `${lower}es` : `${lower}s`;
}
