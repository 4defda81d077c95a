/** The quiet shop with another CNI than the VPC CNI. */
import type { JsonObject, KubernetesObject, KubernetesResource, World } from '#lib/sandbox/world.ts';
import { shop } from './shop.ts';

export interface OtherCni {
  /** Container and name of the agent's DaemonSet, and its label. */
  readonly agent: { readonly name: string; readonly container: string; readonly namespace?: string; readonly label: JsonObject };
  readonly env?: Readonly<Record<string, string>>;
  /** The VPC CNI stays on the nodes. */
  readonly besideVpcCni?: boolean;
  /** Its own kinds, and their objects as name and spec, or whole. */
  readonly kinds: (nodes: readonly KubernetesObject[]) => readonly KubernetesResource[];
  readonly configMaps?: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly data: Readonly<Record<string, string>>;
  }[];
  readonly nodes?: (node: KubernetesObject, at: number) => KubernetesObject;
  /** Its agent on a node; one that works where this says nothing of it. */
  readonly agentPod?: (nodeName: string, at: number) => KubernetesObject;
  readonly forbidden?: readonly string[];
}

export function shopOn(
  { agent, env = {}, besideVpcCni = false, kinds, configMaps = [], nodes, agentPod, forbidden = [] }: OtherCni,
  world = shop(),
): World {
  const nodeNames = itemsOf(world, 'nodes').map(({ metadata }) => metadata.name);
  const daemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: agent.name, namespace: agent.namespace ?? 'kube-system', labels: agent.label, generation: 1 },
    spec: {
      selector: { matchLabels: agent.label },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      template: {
        metadata: { labels: agent.label },
        spec: {
          hostNetwork: true,
          tolerations: [{ operator: 'Exists' }],
          containers: [
            {
              name: agent.container,
              image: `${agent.name}:v1.20.2`,
              env: Object.entries(env).map(([name, value]) => ({ name, value })),
            },
          ],
        },
      },
    },
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: 4,
      currentNumberScheduled: 4,
      numberReady: 4,
      numberAvailable: 4,
      updatedNumberScheduled: 4,
    },
  } as KubernetesObject;
  const namespaces = new Set([daemonSet.metadata.namespace ?? '', ...configMaps.map(({ namespace }) => namespace)]);
  const change: Readonly<Record<string, (items: readonly KubernetesObject[]) => readonly KubernetesObject[]>> = {
    daemonsets: (items) => [...items.map((item) => (besideVpcCni ? item : offEveryNode(item))), daemonSet],
    configmaps: (items) => [
      ...items,
      ...configMaps.map(({ data, ...metadata }) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }) as KubernetesObject),
    ],
    nodes: (items) => (nodes ? items.map(nodes) : items),
    pods: (items) => [
      ...items.filter((item) => besideVpcCni || item.metadata.labels?.['k8s-app'] !== 'aws-node'),
      ...nodeNames.map(agentPod ?? ((nodeName, at) => workingAgent(agent, nodeName, at))),
    ],
    namespaces: (items) => [
      ...items,
      ...[...namespaces].filter((name) => !items.some(({ metadata }) => metadata.name === name)).map(aNamespace),
    ],
  };
  return {
    ...world,
    clusters: world.clusters.map((cluster) => ({
      ...cluster,
      forbidden: [...(cluster.forbidden ?? []), ...forbidden],
      kubernetes: [
        ...cluster.kubernetes.map((kind) => ({ ...kind, items: change[kind.plural]?.(kind.items) ?? kind.items })),
        ...kinds(cluster.kubernetes.find(({ plural }) => plural === 'nodes')?.items ?? []),
      ],
    })),
  };
}

const itemsOf = ({ clusters }: World, kind: string): readonly KubernetesObject[] =>
  clusters[0]?.kubernetes.find(({ plural }) => plural === kind)?.items ?? [];

/** Its pod on a node, which has run for long. */
export function workingAgent(
  { name, namespace = 'kube-system', container, label }: OtherCni['agent'],
  nodeName: string,
  at: number,
): KubernetesObject {
  const created = '2026-11-01T00:00:00Z';
  const held = (type: string) => ({ type, status: 'True', lastTransitionTime: created });
  const state = { running: { startedAt: created } };
  const image = `${name}:v1.20.2`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${at}`,
      namespace,
      labels: label as Readonly<Record<string, string>>,
      creationTimestamp: created,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid: `of-${name}`, controller: true }],
    },
    // As the API server fills it in.
    spec: { nodeName, hostNetwork: true, dnsPolicy: 'ClusterFirst', containers: [{ name: container, image }] },
    status: {
      phase: 'Running',
      conditions: ['PodScheduled', 'PodReadyToStartContainers', 'Initialized', 'ContainersReady', 'Ready'].map(held),
      containerStatuses: [{ name: container, image, imageID: '', ready: true, started: true, restartCount: 0, state }],
    },
  } as KubernetesObject;
}

const aNamespace = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
});

/** As the guides of the other CNIs take aws-node off: by a node selector that no node has. */
function offEveryNode(item: KubernetesObject): KubernetesObject {
  if (item.metadata.name !== 'aws-node') return item;
  const spec = item['spec'] as { readonly template: { readonly spec: JsonObject } };
  const template = { ...spec.template, spec: { ...spec.template.spec, nodeSelector: { 'non-existing': 'true' } } };
  return { ...item, spec: { ...spec, template }, status: { ...(item['status'] as JsonObject), desiredNumberScheduled: 0 } };
}

/** A kind of a CNI that is served, with these objects. */
export function served(
  apiVersion: string,
  kind: string,
  plural: string,
  items: Readonly<Record<string, JsonObject>> = {},
): KubernetesResource {
  return {
    apiVersion,
    kind,
    plural,
    namespaced: false,
    items: Object.entries(items).map(([name, rest]) => ({ apiVersion, kind, metadata: { name }, ...rest })),
  };
}

/** The same world, whose security groups let nothing in. */
export function shutBetweenNodes(world: World): World {
  return { ...world, securityGroupRules: world.securityGroupRules.filter(({ isEgress }) => isEgress) };
}
