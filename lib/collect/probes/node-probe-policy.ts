import { ACTIVE_DEADLINE, HOST_PATHS, NODE_PROBE_COMMAND } from '#lib/collect/probes/node-probe-pod.ts';
import type { ProbeSettings } from '#lib/model/collect-settings.ts';

const POLICY = 'cniwatch-node-probes';
const SHELL = NODE_PROBE_COMMAND.slice(0, -1);
const SCRIPT = NODE_PROBE_COMMAND.at(-1) ?? '';

/**
 * The namespace of the probes, and a policy that lets nothing into it but them. Pod Security Standards have no level that allows a
 * read-only hostPath and nothing else, and whoever may create pods that share the node's network could reach the node's own credentials:
 * so image and command are held to the letter too.
 * Sources: Kubernetes documentation, "Validating Admission Policy" and "Pod Security Standards"; Amazon EKS Best Practices Guide, "Identity
 * and Access Management" (access to the instance profile).
 */
export function nodeProbeManifest({ namespace, image }: Pick<ProbeSettings, 'namespace' | 'image'>): readonly object[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: POLICY },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          resourceRules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              operations: ['CREATE', 'UPDATE'],
              resources: ['pods', 'pods/ephemeralcontainers'],
            },
          ],
        },
        variables: [
          { name: 'spec', expression: 'object.spec' },
          { name: 'container', expression: 'object.spec.containers[0]' },
          { name: 'script', expression: `r"""${SCRIPT}"""` },
        ],
        validations: validations(image).map(([message, ...all]) => ({ expression: all.join(' &&\n'), message })),
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: POLICY },
      spec: { policyName: POLICY, validationActions: ['Deny'] },
    },
  ];
}

/** In CEL, all of which must hold. A field that must not be there is one that would give the pod more than it has. */
function validations(image: string): readonly (readonly [message: string, ...expressions: readonly string[]])[] {
  return [
    [
      'one container, and no other',
      'size(variables.spec.containers) == 1',
      ...without('spec', 'initContainers', 'ephemeralContainers'),
    ],
    [
      "the image of this policy, and the command of cniwatch's probe: after an upgrade of cniwatch, apply its manifest anew",
      `variables.container.image == '${image}'`,
      'has(variables.container.command)',
      `variables.container.command == [${SHELL.map((word) => `'${word}'`).join(', ')}, variables.script]`,
      ...without('container', 'args', 'env', 'envFrom', 'workingDir', 'lifecycle', 'ports', 'volumeDevices'),
      ...without('container', 'livenessProbe', 'readinessProbe', 'startupProbe'),
    ],
    ['no token of a service account', is('spec.automountServiceAccountToken', 'false')],
    [
      'no namespaces of the node but its network',
      ...['hostPID', 'hostIPC', 'shareProcessNamespace'].map((field) => isNotTrue(`spec.${field}`)),
    ],
    [
      'no privilege, no capability, nothing to write on',
      'has(variables.container.securityContext)',
      isNotTrue('container.securityContext.privileged'),
      is('container.securityContext.allowPrivilegeEscalation', 'false'),
      is('container.securityContext.readOnlyRootFilesystem', 'true'),
      'has(variables.container.securityContext.capabilities)',
      is('container.securityContext.capabilities.drop', "['ALL']"),
      ...without('container.securityContext.capabilities', 'add'),
      ...without('container.securityContext', 'procMount', 'seccompProfile', 'appArmorProfile', 'seLinuxOptions'),
    ],
    [
      "the container runtime's own seccomp profile",
      'has(variables.spec.securityContext)',
      'has(variables.spec.securityContext.seccompProfile)',
      is('spec.securityContext.seccompProfile.type', "'RuntimeDefault'"),
      ...without('spec.securityContext', 'sysctls', 'appArmorProfile', 'seLinuxOptions', 'supplementalGroups'),
    ],
    [
      `no volume but the host's ${HOST_PATHS.map(({ path }) => path).join(', ')}, and each to be read only`,
      'has(variables.spec.volumes)',
      `variables.spec.volumes.all(volume, has(volume.hostPath) && volume.hostPath.path in [${HOST_PATHS.map(({ path }) => `'${path}'`).join(', ')}])`,
      'has(variables.container.volumeMounts)',
      'variables.container.volumeMounts.all(mount, has(mount.readOnly) && mount.readOnly == true)',
    ],
    [
      `an end within ${ACTIVE_DEADLINE} s`,
      is('spec.restartPolicy', "'Never'"),
      `has(variables.spec.activeDeadlineSeconds) && variables.spec.activeDeadlineSeconds <= ${ACTIVE_DEADLINE}`,
    ],
  ];
}

const is = (field: string, value: string): string => `has(variables.${field}) && variables.${field} == ${value}`;
const isNotTrue = (field: string): string => `(!has(variables.${field}) || variables.${field} == false)`;
const without = (of: string, ...fields: readonly string[]): readonly string[] =>
  fields.map((field) => `!has(variables.${of}.${field})`);
