import type { JsonObject } from '#lib/collect/kubernetes/json.ts';
import type { NamedObject } from '#lib/collect/kubernetes/writer.ts';
import { CLIENT_SCRIPT, PEER_PORTS, SERVER_SCRIPT } from '#lib/collect/probes/canary-script.ts';
import { ownLabels, ownName } from '#lib/collect/probes/own-pods.ts';
import type { CanarySettings } from '#lib/model/canary-settings.ts';

/** Also the component label of all that it makes. */
export const CANARY = 'canary';
/** Told apart from other runs by it: the Service's selector, and what spreads the pods. */
const RUN_LABEL = 'cniwatch/run';
const ROLE_LABEL = 'cniwatch/role';

/** Where a pod is to run, as far as the scheduler is told. */
export interface Placement {
  /** This node alone. */
  readonly node?: string;
  /** Any node but this one, and rather none of its zone. */
  readonly notOn?: { readonly node: string; readonly zone?: string };
}

export interface CanaryRun {
  /** A label value. */
  readonly id: string;
  readonly settings: CanarySettings;
  /** Seconds after which the kubelet ends the pod, whatever became of cniwatch. */
  readonly lifetime: number;
}

export function serverPod(run: CanaryRun, placement: Placement): NamedObject {
  const ports = Object.entries(PEER_PORTS).map(([name, containerPort]) => ({
    name,
    containerPort,
    protocol: name.toUpperCase(),
  }));
  const env = [{ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }];
  return pod(run, 'server', placement, { command: ['sh', '-c', SERVER_SCRIPT], env, ports });
}

export interface Questions {
  readonly queryType: 'a' | 'aaaa';
  readonly names: readonly string[];
  /** `service=10.100.0.10`, `coredns=10.0.0.7:1053`. */
  readonly servers: readonly string[];
  readonly egress: readonly string[];
  /** `pod=10.0.0.9`, `service=10.100.3.4`. */
  readonly peers: readonly string[];
}

export function clientPod(run: CanaryRun, placement: Placement, questions: Questions): NamedObject {
  const { queryType, names, servers, egress, peers } = questions;
  const values = {
    QUERY_TYPE: queryType,
    NAMES: names.join(' '),
    SERVERS: servers.join(' '),
    EGRESS: egress.join(' '),
    PEERS: peers.join(' '),
    LIFETIME: String(run.lifetime),
  };
  const env = Object.entries(values).map(([name, value]) => ({ name, value }));
  return pod(run, 'client', placement, { command: ['sh', '-c', CLIENT_SCRIPT], env });
}

/** Selects the server's pod. */
export function serverService({ id }: CanaryRun): NamedObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: ownName(CANARY), labels: labels(id, 'server') },
    spec: {
      selector: { [RUN_LABEL]: id, [ROLE_LABEL]: 'server' },
      ports: Object.entries(PEER_PORTS).map(([name, port]) => ({ name, port, targetPort: port, protocol: name.toUpperCase() })),
    },
  };
}

const labels = (id: string, role: string) => ({ ...ownLabels(CANARY), [RUN_LABEL]: id, [ROLE_LABEL]: role });

/**
 * What Pod Security `restricted` asks for, and no more: the canary is to meet what other pods meet, so it tolerates nothing that they do not.
 * Source: Kubernetes documentation, "Pod Security Standards".
 */
function pod(
  { id, settings, lifetime }: CanaryRun,
  role: 'server' | 'client',
  placement: Placement,
  container: JsonObject,
): NamedObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: ownName(CANARY), labels: labels(id, role) },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: lifetime,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65_534, runAsGroup: 65_534, seccompProfile: { type: 'RuntimeDefault' } },
      affinity: { nodeAffinity: nodeAffinity(placement) },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'kubernetes.io/hostname',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: { [RUN_LABEL]: id } },
        },
      ],
      containers: [
        {
          name: role,
          image: settings.image,
          ...container,
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            readOnlyRootFilesystem: true,
            runAsNonRoot: true,
          },
        },
      ],
    },
  };
}

/** By affinity and not by `nodeName`: so the scheduler still decides whether the node takes it, as it does for every pod. */
function nodeAffinity({ node, notOn }: Placement): JsonObject {
  const field = (operator: string, name: string) => ({ key: 'metadata.name', operator, values: [name] });
  const matchFields = [...(node ? [field('In', node)] : []), ...(notOn ? [field('NotIn', notOn.node)] : [])];
  const matchExpressions = [
    { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
    { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64', 'arm64'] },
  ];
  const otherZone = { key: 'topology.kubernetes.io/zone', operator: 'NotIn', values: [notOn?.zone] };
  return {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions, ...(matchFields.length > 0 ? { matchFields } : {}) }],
    },
    ...(notOn?.zone
      ? {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: { matchExpressions: [otherZone] } }],
        }
      : {}),
  };
}
