import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SandboxCause } from '#lib/network/sandbox-failures/causes.ts';
import { pluginIn, sandboxCause } from '#lib/network/sandbox-failures/messages.ts';

/** As containerd and the kubelet wrap what a plugin says. */
const wrapped = (plugin: string, says: string) =>
  `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "3f2a9c": plugin type="${plugin}" name="${plugin}" failed (add): ${says}`;
const aws = (says: string) => wrapped('aws-cni', says);
const calico = (says: string) => wrapped('calico', says);
const cilium = (says: string) => wrapped('cilium-cni', says);
const bare = (says: string) => `Failed to create pod sandbox: rpc error: code = Unknown desc = ${says}`;

const MESSAGES: readonly (readonly [SandboxCause, string])[] = [
  ['no-free-address', aws('add cmd: failed to assign an IP address to container')],
  ['agent-down', aws('add cmd: failed to connect to backend server: rpc error: connection refused')],
  ['agent-down', aws('add cmd: Error received from AddNetwork gRPC call: rpc error: code = Unavailable')],
  ['agent-down', aws('add cmd: Error received from AddNetwork gRPC call: wrong client version "v1.12.0" (!= "v1.20.4")')],
  ['policy-agent', aws('add cmd: failed to setup network policy')],
  ['unrecognised', aws('add command: failed to setup network')],
  ['unrecognised', aws('something that no version said so far')],
  ['missing-binary', bare('failed to setup network for sandbox "1": failed to find plugin "aws-cni" in path [/opt/cni/bin]')],
  ['missing-binary', bare('fork/exec /opt/cni/bin/egress-cni: no such file or directory')],
  ['permissions', bare('fork/exec /opt/cni/bin/aws-cni: permission denied')],
  ['permissions', calico('error getting ClusterInformation: connection is unauthorized: Unauthorized')],
  ['permissions', calico('pods "web-1" is forbidden: User "system:serviceaccount:kube-system:calico-node" cannot get resource')],
  ['broken-config', bare('cni config load failed: failed to load CNI config list file /etc/cni/net.d/10-aws.conflist: invalid')],
  ['broken-config', bare("error parsing configuration list: invalid character '}' looking for beginning of value")],
  [
    'conflicting-config',
    wrapped('flannel', 'failed to set bridge addr: "cni0" already has an IP address different from 10.1.0.1/24'),
  ],
  ['conflicting-config', wrapped('portmap', 'container veth name provided (eth0) already exists')],
  ['no-free-address', cilium('unable to allocate IP via local cilium agent: [POST /ipam][502] postIpamFailure range is full')],
  ['no-free-address', cilium('unable to allocate IP via local cilium agent: no IPs currently available on the node')],
  [
    'no-free-address',
    calico('failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; No IPs available in ranges: []'),
  ],
  [
    'no-free-address',
    wrapped('flannel', 'failed to allocate for range 0: no IP addresses available in range set: 10.1.0.1-10.1.0.254'),
  ],
  ['agent-down', cilium('unable to connect to Cilium agent: failed to create cilium agent client after 30s timeout')],
  [
    'agent-down',
    calico('stat /var/lib/calico/nodename: no such file or directory: check that the calico/node container is running'),
  ],
  [
    'agent-down',
    wrapped('flannel', "failed to load flannel 'subnet.env' file: open /run/flannel/subnet.env: no such file or directory"),
  ],
  [
    'agent-down',
    'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
  ],
  [
    'api-unreachable',
    calico('error getting ClusterInformation: Get "https://172.20.0.1:443/apis": dial tcp 172.20.0.1:443: i/o timeout'),
  ],
  ['api-unreachable', calico('Get "https://172.20.0.1:443/api": x509: certificate signed by unknown authority')],
  ['iam-denied', aws('UnauthorizedOperation: You are not authorized to perform this operation')],
  ['unrecognised', bare('failed to reserve sandbox name "web_default_1": name is reserved')],
];

describe('messages of FailedCreatePodSandBox', () => {
  test.each(MESSAGES)('%s: %s', (cause, message) => {
    expect(sandboxCause('FailedCreatePodSandBox', message)).toBe(cause);
  });

  test.each(MESSAGES)('wrapped and quoted, %s: %s', (cause, message) => {
    const quoted = `(combined from similar events): "${message.replaceAll('"', '\\"').replaceAll(' ', '\n  ')}"`;
    expect(sandboxCause('FailedCreatePodSandBox', quoted)).toBe(cause);
  });
});

test.each<[string, string, SandboxCause]>([
  [
    'MissingIAMPermissions',
    'Unauthorized operation: failed to call ec2:CreateNetworkInterface due to missing permissions',
    'iam-denied',
  ],
  ['TrunkENICreationFailed', 'Error Code: UnauthorizedOperation, attach AmazonEKSVPCResourceController', 'iam-denied'],
  ['TrunkENICreationFailed', 'Error Code: NetworkInterfaceLimitExceeded', 'branch-eni'],
  ['BranchAllocationFailed', 'failed to allocate branch ENI to pod: InsufficientFreeAddressesInSubnet', 'branch-eni'],
  ['BranchENIAnnotationFailed', 'whatever', 'branch-eni'],
  ['InsufficientCidrBlocks', 'no block', 'no-free-address'],
  ['NetworkNotReady', 'network is not ready: something new', 'unrecognised'],
])('%s, %s: %s', (reason, message, cause) => {
  expect(sandboxCause(reason, message)).toBe(cause);
});

test('any message has a cause, and its wrapping does not change it', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...MESSAGES.map(([, message]) => message)), (noise, message) => {
      expect(sandboxCause('FailedCreatePodSandBox', noise)).toBeTypeOf('string');
      const folded = message.replaceAll(' ', ' \r\n\t');
      expect(sandboxCause('FailedCreatePodSandBox', folded)).toBe(sandboxCause('FailedCreatePodSandBox', message));
    }),
  );
});

test.each([
  [aws('x'), 'aws-cni'],
  ['plugin type=\\"cilium-cni\\" failed', 'cilium-cni'],
  ['no plugin', undefined],
])('the plugin in %s is %s', (message, plugin) => {
  expect(pluginIn(message)).toBe(plugin);
});
