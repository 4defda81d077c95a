import * as z from 'zod';
import { defineCheck, notApplicable, undecided } from '#lib/model/check.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import { agreeing, plural } from '#lib/model/plural.ts';
import { dataOf, ofKinds } from '#lib/model/slice.ts';
import { findCnis } from '#lib/network/cni.ts';
import { schedulesOn, takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';
import { type KernelNeed, kernelAnswer, kernelNeeds } from '#lib/network/kernel-needs.ts';

const MOST_LISTED = 20;

export const check = defineCheck({
  id: 'cni-kernel',
  title: "Kernels that the CNI's features need",
  area: 'cni',
  severity: 'critical',
  inputs: ['nodes', 'daemonSets'],
  optional: ['configMaps', 'cniResources'],
  options: z.object({
    least: z
      .record(z.string(), z.string().regex(/^\d+\.\d+/))
      .default({})
      .describe(
        "least kernels by the DaemonSet's namespace/name, as {'kube-system/cilium': '5.4'}: over those that the documentation names",
      ),
  }),
  metrics: [],
  docs: {
    question:
      'Is the kernel of every node new enough for what is in use: network policies of the VPC CNI, Cilium, the eBPF mode of Calico, the nftables mode of kube-proxy? On an older one the agent does not start, or policies are not enforced, and nothing else says so.',
    verdicts: {
      critical: 'a node that takes the agent has an older kernel',
      unknown:
        'a node states no kernel, or one of an enterprise distribution that brings later features to an older kernel; or it is not known whether the feature is on',
      notApplicable: 'nothing in use asks for a kernel',
    },
    evidence: {
      feature: 'what is in use',
      least: 'the kernel that it needs',
      source: 'where that is said',
      nodes: 'nodes with an older kernel; the first 20',
      nodeCount: 'how many there are',
      unknownNodes: 'nodes of which it cannot be told; the first 20',
      kernels: 'nodes by their kernel',
    },
    sources: [
      'Amazon EKS User Guide, "Limit Pod traffic with Kubernetes network policies" (https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html)',
      'Cilium documentation, "System Requirements"; Calico documentation, "Enable the eBPF data plane"',
      'Kubernetes documentation, "Virtual IPs and Service Proxies"',
    ],
  },
  remediations: ['update-node-kernel'],
  evaluate({ inputs, optional, options, target }) {
    const { nodes, daemonSets } = inputs;
    const cnis = findCnis(daemonSets);
    const { needs, gaps } = kernelNeeds({
      cnis,
      daemonSets,
      configMaps: dataOf(optional.configMaps),
      cniResources: dataOf(ofKinds(optional.cniResources, ['FelixConfiguration'])),
    });
    if (needs.length === 0 && gaps.length === 0)
      return notApplicable(target, 'Nothing in use here asks for a kernel of a certain version.');
    const findings = needs.map((need) => {
      const { namespace, name } = need.daemonSet;
      const least = options.least[`${namespace}/${name}`] ?? need.least;
      return kernelFinding({ ...need, least }, nodes);
    });
    const doubts = gaps.length === 0 ? [] : undecided(target, `Not judged: ${gaps.join('; ')}.`).findings;
    return { findings: [...findings, ...doubts], metrics: [] };
  },
});

function kernelFinding({ daemonSet, feature, least, source }: KernelNeed, nodes: readonly Node[]): Judgement {
  const own = nodes.filter((node) => takesCniAgent(node) && schedulesOn(daemonSet, node));
  const old = own.filter((node) => kernelAnswer(node, least) === 'too-old');
  const unknown = own.filter((node) => kernelAnswer(node, least) === 'unknown');
  const verdict = old.length > 0 ? 'critical' : unknown.length > 0 ? 'unknown' : 'ok';
  const kernels: Record<string, number> = {};
  for (const { kernelVersion = 'not stated' } of own) kernels[kernelVersion] = (kernels[kernelVersion] ?? 0) + 1;
  const doubt = unknown.length > 0 ? `; of ${plural(unknown.length, 'node')} it cannot be told` : '';
  return {
    verdict,
    resource: { kind: 'daemonset', id: `${daemonSet.namespace}/${daemonSet.name}`, name: daemonSet.name },
    summary: `${old.length} of ${plural(own.length, 'node')} ${agreeing(old.length, 'has', 'have')} a kernel older than ${least}, which ${feature} needs${doubt}.`,
    evidence: { feature, least, source, nodes: named(old), nodeCount: old.length, unknownNodes: named(unknown), kernels },
    ...(verdict === 'critical' && { timeToImpact: 'hours' as const, remediation: 'update-node-kernel' }),
  };
}

const named = (nodes: readonly Node[]): string[] => nodes.slice(0, MOST_LISTED).map(({ name }) => name);
