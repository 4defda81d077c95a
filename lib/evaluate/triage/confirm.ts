import { type Access, type Named, namedIn } from '#lib/evaluate/triage/command-names.ts';
import { commandLine, nameForCommand } from '#lib/evaluate/triage/shell-word.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { Target } from '#lib/model/target.ts';
import type { SituationId } from '#lib/model/triage.ts';

const MOST_COMMANDS = 4;

/**
 * Commands that show the problem without changing anything, at most four. Names of the cluster are quoted, and a command whose names
 * cannot be told safely is left out.
 */
export function confirmCommands(
  situation: SituationId,
  findings: readonly [Finding, ...Finding[]],
  target: Target,
  access: Access,
): readonly string[] {
  const named = namedIn(findings, target, access);
  const [{ check }] = findings;
  const special = Object.hasOwn(BY_CHECK, check) ? BY_CHECK[check] : undefined;
  const lines = [...(special?.(named) ?? []), ...BY_SITUATION[situation](named)].flatMap((line) => line ?? []);
  const told = lines.length > 0 ? lines : [commandLine(['cniwatch', 'explain', check]) ?? ''];
  return [...new Set(told)].slice(0, MOST_COMMANDS);
}

type Commands = (named: Named) => readonly (string | undefined)[];

const onNode = (node: string | undefined): string | undefined => node && `--field-selector=spec.nodeName=${node}`;
const workloadOf: Commands = ({ kubectl, workload, agent }) => [
  workload && kubectl('-n', workload[0], 'get', 'daemonset', workload[1], '-o', 'wide'),
  agent && kubectl('-n', agent[0], 'logs', agent[1], '--all-containers', '--previous', '--tail=50'),
];
/** Its environment. */
const settingsOf: Commands = ({ kubectl, workload }) => [
  workload && kubectl('-n', workload[0], 'describe', 'daemonset', workload[1]),
];
const subnetsOf: Commands = ({ aws, subnets }) => [
  subnets.length === 0
    ? undefined
    : aws(
        'ec2',
        'describe-subnets',
        '--subnet-ids',
        ...subnets,
        '--query',
        'Subnets[].[SubnetId,AvailableIpAddressCount]',
        '--output',
        'text',
      ),
];
const rulesOf: Commands = ({ aws, groups }) => [
  groups.length === 0
    ? undefined
    : aws('ec2', 'describe-security-group-rules', '--filters', `Name=group-id,Values=${groups.join(',')}`, '--output', 'table'),
];
const aclsOf: Commands = ({ aws, subnets }) => [
  subnets.length === 0
    ? undefined
    : aws('ec2', 'describe-network-acls', '--filters', `Name=association.subnet-id,Values=${subnets.join(',')}`),
];
const explainSubnet: Commands = ({ own, subnets: [subnet] }) => [own('explain', 'subnet', subnet)];

/** What only one check needs, before what its situation does. */
const BY_CHECK: Readonly<Record<string, Commands>> = {
  'cni-agents': workloadOf,
  'cni-memory': workloadOf,
  'prefix-delegation': settingsOf,
  'warm-pool': settingsOf,
  'max-pods-mismatch': ({ kubectl }) => [
    kubectl('get', 'nodes', '-o', 'custom-columns=NODE:.metadata.name,PODS:.status.allocatable.pods'),
  ],
  'cni-permissions': ({ kubectl, account }) => [
    account && kubectl('auth', 'can-i', '--list', `--as=system:serviceaccount:${account[0]}:${account[1]}`),
  ],
  'cni-config-files': ({ kubectl, node }) => [kubectl('describe', 'node', node)],
  'cilium-agent': workloadOf,
  'dns-network-policy': ({ kubectl, namespace }) => [
    kubectl('-n', namespace, 'get', 'networkpolicy', '-o', 'yaml'),
    kubectl('-n', namespace, 'get', 'pods', '-o', 'wide'),
  ],
  'dns-security-groups': rulesOf,
  'dns-network-acls': aclsOf,
  'calico-bgp': ({ kubectl }) => [kubectl('get', 'caliconodestatuses', '-o', 'yaml')],
  'calico-encapsulation': (named) => [named.kubectl('get', 'ippools', '-o', 'yaml'), ...rulesOf(named)],
  'flannel-backend': rulesOf,
  'calico-ipam': ({ kubectl, pool }) => [kubectl('get', 'ippools', pool, '-o', 'yaml')],
  'calico-block-fragmentation': ({ kubectl }) => [kubectl('get', 'ipamblocks'), kubectl('get', 'blockaffinities')],
  'cilium-ipam': ({ kubectl, node }) => [kubectl('get', 'ciliumnodes', node, '-o', 'yaml')],
  'eni-config': ({ kubectl }) => [kubectl('get', 'eniconfigs', '-o', 'yaml')],
  'node-ip-capacity': ({ kubectl, node }) => [kubectl('get', 'pods', '-A', '-o', 'wide', onNode(node))],
  'node-readiness': ({ kubectl, node }) => [kubectl('describe', 'node', node)],
  'flannel-pod-cidr': ({ kubectl }) => [
    kubectl('get', 'nodes', '-o', 'custom-columns=NODE:.metadata.name,PODCIDRS:.spec.podCIDRs'),
  ],
};

const BY_SITUATION: Readonly<Record<SituationId, Commands>> = {
  'no-network': ({ kubectl, node }) => [
    kubectl('get', 'pods', '-A', '-o', 'wide', onNode(node) ?? '--field-selector=status.phase=Pending'),
    kubectl('get', 'events', '-A', '--field-selector=reason=FailedCreatePodSandBox', '--sort-by=.lastTimestamp'),
    kubectl('get', 'nodes', '-o', 'wide'),
  ],
  'pod-to-pod': ({ kubectl, node }) => [kubectl('describe', 'node', node), kubectl('get', 'nodes', '-o', 'wide')],
  dns: ({ kubectl }) => [
    kubectl('-n', 'kube-system', 'get', 'pods', '-l', 'k8s-app=kube-dns', '-o', 'wide'),
    kubectl('-n', 'kube-system', 'get', 'endpointslices', '-l', 'kubernetes.io/service-name=kube-dns'),
    kubectl('-n', 'kube-system', 'logs', '-l', 'k8s-app=kube-dns', '--tail=50', '--prefix'),
  ],
  services: ({ kubectl }) => [
    kubectl('-n', 'kube-system', 'get', 'pods', '-l', 'k8s-app=kube-proxy', '-o', 'wide'),
    kubectl('-n', 'kube-system', 'logs', '-l', 'k8s-app=kube-proxy', '--tail=50', '--prefix'),
  ],
  egress: ({ kubectl, aws, subnets }) => [
    kubectl('get', 'networkpolicy', '-A'),
    subnets.length === 0
      ? undefined
      : aws('ec2', 'describe-route-tables', '--filters', `Name=association.subnet-id,Values=${subnets.join(',')}`),
    kubectl('-n', 'kube-system', 'get', 'daemonset', 'aws-node', '-o', 'yaml'),
  ],
  addresses: (named) => [
    ...subnetsOf(named),
    ...explainSubnet(named),
    named.node === undefined ? undefined : named.kubectl('get', 'pods', '-A', '-o', 'wide', onNode(named.node)),
  ],
  other: ({ target, aws }) => [aws('eks', 'describe-cluster', '--name', nameForCommand(target.name))],
};
