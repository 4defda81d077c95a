import type { ClusterNode } from '#lib/sandbox/builder/cluster.ts';
import type { NodeFilesSpec } from '#lib/sandbox/builder/spec.ts';
import type { JsonObject, Reaction } from '#lib/sandbox/world.ts';

/** What the VPC CNI writes. Source: amazon-vpc-cni-k8s misc/10-aws.conflist. */
export const AWS_CONFLIST = `${JSON.stringify(
  {
    cniVersion: '1.0.0',
    name: 'aws-cni',
    disableCheck: true,
    plugins: [
      {
        name: 'aws-cni',
        type: 'aws-cni',
        vethPrefix: 'eni',
        mtu: '9001',
        podSGEnforcingMode: 'strict',
        capabilities: { 'io.kubernetes.cri.pod-annotations': true },
      },
      {
        name: 'egress-cni',
        type: 'egress-cni',
        enabled: 'false',
        ipam: { type: 'host-local', ranges: [[{ subnet: 'fd00::ac:00/118' }]], routes: [{ dst: '::/0' }] },
      },
      { type: 'portmap', capabilities: { portMappings: true }, snat: true },
    ],
  },
  null,
  2,
)}\n`;
/** What it installs. Source: amazon-vpc-cni-k8s cmd/aws-vpc-cni-init/main.go. */
export const AWS_BINARIES = ['aws-cni', 'bandwidth', 'egress-cni', 'host-local', 'loopback', 'portmap'] as const;

const COMPONENT = { 'app.kubernetes.io/component': 'node-probe' };
const ENDED = { status: { phase: 'Succeeded' } };

/** What pods that look at nodes find: on each node its own, or what every node of the VPC CNI has. */
export function nodeProbeReactions(files: Readonly<Record<number, NodeFilesSpec>>, nodes: readonly ClusterNode[]): Reaction[] {
  const own = Object.entries(files).flatMap(([ordinal, spec]) => {
    const node = nodes[Number(ordinal)];
    return node === undefined ? [] : [nodeProbeReaction(spec, node.name)];
  });
  return [...own, nodeProbeReaction({})];
}

/** @param node its name; every node where there is none */
export function nodeProbeReaction(spec: NodeFilesSpec, node?: string): Reaction {
  const merge = spec.podStatus === undefined ? ENDED : { status: spec.podStatus as JsonObject };
  const log = spec.podStatus === undefined ? { log: nodeProbeLog(spec) } : {};
  return { kind: 'Pod', labels: COMPONENT, ...(node !== undefined && { node }), steps: [{ afterMs: 0, merge }], ...log };
}

const code = (text: string): string => Buffer.from(text).toString('base64');

/** What the probe of cniwatch writes of such a node. */
export function nodeProbeLog({
  config = { '10-aws.conflist': AWS_CONFLIST },
  binaries = AWS_BINARIES,
  kubeconfigs = {},
  bpf = true,
  defaultRoute = true,
  overlay = [],
}: NodeFilesSpec): string {
  return [
    'cniwatch-node-probe 1',
    ...Object.entries(config).map(([name, file]) => configLine(name, file)),
    ...binaries.map((name) => `binary ${code(name)} 755`),
    ...Object.entries(kubeconfigs).flatMap(([path, server]) => [
      `kubeconfig ${code(path)} read`,
      `server ${code(path)} ${code(server)}`,
    ]),
    `bpf ${bpf ? 'bpf' : 'sysfs'}`,
    ...(defaultRoute ? ['route eth0 00000000 0100000A 0003 00000000'] : []),
    'route eth0 0000000A 00000000 0001 00FCFFFF',
    ...overlay,
    'end\n',
  ].join('\n');
}

function configLine(name: string, file: NonNullable<NodeFilesSpec['config']>[string]): string {
  if (typeof file === 'string') return `config ${code(name)} 600 0 ${Buffer.byteLength(file)} read ${code(file)}`;
  const about = file.mode === undefined ? '- - -' : `${file.mode} 0 100`;
  return `config ${code(name)} ${about} ${file.unread}`;
}
