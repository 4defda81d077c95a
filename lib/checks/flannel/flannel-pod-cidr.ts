import * as z from 'zod';
import { podCidrFinding } from '#lib/checks/flannel/pod-cidr-finding.ts';
import { defineCheck, notApplicable, undecided } from '#lib/model/check.ts';
import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';
import { type AddressRange, formatRange, parseRange, rangesOverlap } from '#lib/network/address-range.ts';
import { findFlannel } from '#lib/network/flannel/flannel.ts';
import { nodePodCidrs } from '#lib/network/flannel/pod-cidrs.ts';

export const check = defineCheck({
  id: 'flannel-pod-cidr',
  title: "The nodes' podCIDRs under flannel",
  area: 'flannel',
  severity: 'critical',
  inputs: ['daemonSets', 'nodes'],
  optional: ['configMaps', 'vpc', 'cluster'],
  options: z.object({
    joiningMinutes: z.number().min(0).default(5).describe('age up to which a node may be without a podCIDR, in minutes'),
  }),
  metrics: [],
  docs: {
    question:
      "Has every node a podCIDR of its own, inside of flannel's network and apart from every other range? Flannel does not start on a node without one, and routes what is addressed to one node to another where two share a range. EKS itself gives nodes no podCIDR: whatever does it must go on doing it.",
    verdicts: {
      warning: "flannel's network overlaps the VPC or the range of Services, and no node's podCIDR does yet",
      critical:
        "a node older than `joiningMinutes` has no podCIDR; or one that another node has too or overlaps; or one outside of flannel's network, or that overlaps the VPC or the range of Services",
      unknown:
        "flannel's configuration, the VPC or the cluster was not read or could not be understood, and nothing else is wrong; or flannel keeps subnets of its own in an etcd",
      notApplicable: 'no flannel',
    },
    evidence: {
      podCidrs: 'as the node has them',
      capacity: 'addresses for pods in the smallest of them',
      allocatablePods: "the node's max-pods",
      sharedWith: 'other nodes with an address in common',
      outsideNetwork: "whether one lies outside of flannel's network; null where that is not known",
      overlapsVpc: "CIDRs of the VPC that overlap it; of the cluster, that overlap flannel's network",
      overlapsServices: "the range of Services, where it overlaps it; of the cluster, where it overlaps flannel's network",
      networks: "of the cluster: flannel's networks",
    },
    sources: [
      'flannel Documentation/kubernetes.md, Documentation/configuration.md and Documentation/troubleshooting.md',
      'flannel pkg/subnet/kube/kube.go (AcquireLease: the podCIDR must exist and lie in the network)',
    ],
  },
  remediations: [],
  evaluate({ inputs, optional, options, target, now }) {
    const flannel = findFlannel(inputs.daemonSets, inputs.nodes, optional.configMaps);
    if (flannel === undefined) return notApplicable(target, 'flannel does not run here.');
    if (!flannel.usesPodCidrs)
      return undecided(target, 'flannel runs without --kube-subnet-mgr: it keeps the subnets of nodes in an etcd of its own.');
    const { config } = flannel;
    const networks = typeof config === 'string' ? undefined : config.networks;
    const taken = takenRanges(optional);
    const youngest = now.getTime() - 60_000 * options.joiningMinutes;
    const findings = nodePodCidrs(flannel.nodes, networks).map((of) =>
      podCidrFinding(of, taken, Date.parse(of.node.createdAt) > youngest),
    );
    const unread = [...(typeof config === 'string' ? [config] : []), ...taken.unread];
    return { findings: [...networkFinding(target, networks ?? [], taken, unread), ...findings], metrics: [] };
  },
});

type Taken = ReturnType<typeof takenRanges>;

/** Ranges of the VPC and of Services, with what of them is not known. */
function takenRanges({ vpc, cluster }: Pick<Slices, 'vpc' | 'cluster'>) {
  const service = cluster.ok
    ? [cluster.data.serviceIpv4Cidr, cluster.data.serviceIpv6Cidr].filter((cidr) => cidr !== undefined)
    : [];
  const ranges = (cidrs: readonly string[]) => cidrs.flatMap((cidr) => parseRange(cidr) ?? []);
  return {
    vpc: vpc.ok ? ranges([...vpc.data.cidrBlocks, ...vpc.data.ipv6CidrBlocks]) : [],
    services: ranges(service),
    unread: [
      ...(vpc.ok ? [] : [`the VPC was not read: ${asClause(vpc.reason)}`]),
      ...(cluster.ok ? [] : [`the range of Services was not read: ${asClause(cluster.reason)}`]),
    ],
  };
}

/** Of flannel's network as a whole, which nodes will get their podCIDRs of. */
function networkFinding(
  target: Target,
  networks: readonly AddressRange[],
  { vpc, services }: Taken,
  unread: readonly string[],
): readonly Judgement[] {
  const hits = (others: readonly AddressRange[]) =>
    others.filter((other) => networks.some((network) => rangesOverlap(network, other))).map(formatRange);
  const [overlapsVpc, overlapsServices] = [hits(vpc), hits(services)];
  const resource = { kind: 'cluster', id: target.arn, name: target.name } as const;
  const evidence = { networks: networks.map(formatRange), overlapsVpc, overlapsServices };
  if (unread.length > 0) {
    return [
      {
        verdict: 'unknown',
        resource,
        summary: `What nodes' podCIDRs may collide with is not known: ${unread.join('; ')}.`,
        evidence,
      },
    ];
  }
  const overlaps = [
    ...overlapsVpc.map((cidr) => `the VPC (${cidr})`),
    ...overlapsServices.map((cidr) => `the range of Services (${cidr})`),
  ];
  if (overlaps.length === 0) return [];
  const summary = `flannel's network ${evidence.networks.join(', ')} overlaps ${overlaps.join(' and ')}.`;
  return [{ verdict: 'warning', resource, summary, evidence, timeToImpact: 'days' }];
}
