import type { NamedObject } from '#lib/collect/kubernetes/writer.ts';
import { nodeProbeScript, PLACES } from '#lib/collect/probes/node-probe-script.ts';
import { ownLabels, ownName } from '#lib/collect/probes/own-pods.ts';

/** The label of its pods: what the sweep goes by. */
export const NODE_PROBE = 'node-probe';
/** Seconds after which the kubelet ends it, whatever became of cniwatch. */
export const ACTIVE_DEADLINE = 60;

/**
 * Directories of the node that it sees, all read-only. A kubelet refuses the pod where one is missing, and makes none.
 * /sys/fs/bpf is there for the type of its file system alone: without CAP_BPF, nothing in it can be opened.
 */
export const HOST_PATHS = [
  { name: 'config', path: '/etc/cni/net.d', mountPath: PLACES.config },
  { name: 'binaries', path: '/opt/cni/bin', mountPath: PLACES.binaries },
  { name: 'bpf', path: '/sys/fs/bpf', mountPath: PLACES.bpf },
] as const;

export const NODE_PROBE_COMMAND: readonly string[] = ['sh', '-c', nodeProbeScript()];

/**
 * A pod that looks at one node, once.
 *
 * It shares the node's network, since a node whose CNI is broken starts no other pod, and since routes are to be seen. It is bound to the
 * node by name, so that neither the scheduler nor a taint keeps it away. It runs as root without any capability: CNIs write their
 * configuration as 0600 of root, which its owner may read without CAP_DAC_OVERRIDE and nobody else.
 */
export function nodeProbePod({ namespace, node, image }: { namespace: string; node: string; image: string }): NamedObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: ownName(NODE_PROBE), namespace, labels: ownLabels(NODE_PROBE) },
    spec: {
      nodeName: node,
      hostNetwork: true,
      dnsPolicy: 'Default',
      restartPolicy: 'Never',
      activeDeadlineSeconds: ACTIVE_DEADLINE,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: [{ operator: 'Exists' }],
      securityContext: { runAsUser: 0, runAsGroup: 0, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: NODE_PROBE,
          image,
          imagePullPolicy: 'IfNotPresent',
          command: [...NODE_PROBE_COMMAND],
          resources: { requests: { cpu: '1m', memory: '16Mi' }, limits: { cpu: '200m', memory: '64Mi' } },
          securityContext: {
            privileged: false,
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: HOST_PATHS.map(({ name, mountPath }) => ({ name, mountPath, readOnly: true })),
        },
      ],
      volumes: HOST_PATHS.map(({ name, path }) => ({ name, hostPath: { path, type: 'Directory' } })),
    },
  };
}
