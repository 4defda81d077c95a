import * as z from 'zod';
import { kubeProxyFinding } from '#lib/checks/cni/kube-proxy-finding.ts';
import { type CheckResult, defineCheck, notApplicable, undecided } from '#lib/model/check.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import { plural } from '#lib/model/plural.ts';
import { dataOf, ofKinds } from '#lib/model/slice.ts';
import type { Target } from '#lib/model/target.ts';
import { agentsOf } from '#lib/network/agents.ts';
import { findCnis } from '#lib/network/cni.ts';
import { takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';
import { kubeProxies, proxyMode, type Replacement, replacesKubeProxy } from '#lib/network/kube-proxy.ts';

export const check = defineCheck({
  id: 'kube-proxy',
  title: 'kube-proxy on the nodes',
  area: 'cni',
  severity: 'critical',
  inputs: ['nodes', 'pods', 'daemonSets'],
  optional: ['cluster', 'configMaps', 'cniResources'],
  options: z.object({
    criticalPercent: z
      .number()
      .min(0)
      .max(100)
      .default(10)
      .describe('share of nodes without a working kube-proxy that is critical where they are two or more, in percent'),
    minorsBehind: z.number().int().min(0).default(3).describe('minor versions that kube-proxy may be behind Kubernetes'),
    startSeconds: z.number().min(0).default(300).describe('age in seconds up to which a node or a kube-proxy is still starting'),
  }),
  metrics: [],
  docs: {
    question:
      'Does kube-proxy work on every node, in a version that fits? Without it a node keeps the rules that it has, and learns of no new Service and no new endpoint: sooner or later no Service, DNS included, resolves there. EKS Auto Mode and Fargate have none, and Cilium or Calico may do its work.',
    verdicts: {
      warning:
        'kube-proxy does not work on a node; or a node runs one newer than Kubernetes, or more than `minorsBehind` minor versions behind',
      critical:
        'it does not work on two or more nodes and `criticalPercent` of them, or on none; or there is no kube-proxy, and no CNI does its work',
      unknown:
        "there is none, and it cannot be told whether the CNI does its work; the cluster's version was not read, or images tell none",
      notApplicable: 'Auto Mode, Fargate, or a CNI that replaces kube-proxy',
    },
    evidence: {
      desired: "what the DaemonSet's controller wants",
      ready: 'what it counts as ready',
      expectedNodes: 'nodes on which selector, affinity and tolerations place one',
      notReady: 'those without a ready one, whatever the reason',
      nodes: 'nodes where it does not work; the first 20',
      skewedNodes: 'nodes with a version that does not fit; the first 20',
      version: "tag of the DaemonSet's image",
      versions: 'nodes by the tag that they run',
      clusterVersion: "Kubernetes' version; null where it was not read",
      mode: 'iptables, ipvs or nftables; null where its configuration was not read',
      cnis: 'where there is none: the CNIs that run',
    },
    sources: [
      'Kubernetes documentation, "Version Skew Policy", section "kube-proxy"',
      'Amazon EKS User Guide, "Manage kube-proxy in Amazon EKS clusters" (https://docs.aws.amazon.com/eks/latest/userguide/managing-kube-proxy.html)',
      'Cilium documentation, "Kubernetes Without kube-proxy"; Calico documentation, "Felix configuration" (bpfEnabled)',
    ],
  },
  remediations: ['restart-kube-proxy', 'update-kube-proxy'],
  evaluate({ inputs, optional, options, target, now }) {
    const { nodes, pods, daemonSets } = inputs;
    const configMaps = dataOf(optional.configMaps);
    const found = kubeProxies(daemonSets);
    if (found.length === 0) {
      const cnis = findCnis(daemonSets);
      const replaced = replacesKubeProxy(cnis, configMaps, dataOf(ofKinds(optional.cniResources, ['FelixConfiguration'])));
      return withoutKubeProxy(target, nodes, { replaced, cnis: cnis.map(({ kind }) => kind) });
    }
    const startedBefore = new Date(now.getTime() - 1000 * options.startSeconds).toISOString();
    const context = { nodes, pods, startedBefore, waitingNodes: new Set<string>() };
    const clusterVersion = dataOf(optional.cluster)?.version;
    const findings = found.map((daemonSet) =>
      kubeProxyFinding({
        daemonSet,
        agents: agentsOf(daemonSet, context),
        clusterVersion,
        mode: proxyMode(daemonSet, configMaps),
        options,
      }),
    );
    return { findings, metrics: [] };
  },
});

function withoutKubeProxy(
  target: Target,
  nodes: readonly Node[],
  { replaced, cnis }: { readonly replaced: Replacement; readonly cnis: string[] },
): CheckResult {
  const needing = nodes.filter((node) => takesCniAgent(node) && node.labels['eks.amazonaws.com/compute-type'] !== 'hybrid');
  if (needing.length === 0) return notApplicable(target, 'The cluster has no node that runs kube-proxy as a DaemonSet.');
  if (replaced === 'yes') return notApplicable(target, `${cnis.join(' and ')} does the work of kube-proxy.`);
  const summary = `No DaemonSet of kube-proxy was found for ${plural(needing.length, 'node')}`;
  const evidence = { expectedNodes: needing.length, cnis };
  if (replaced === 'unknown')
    return undecided(target, `${summary}, and whether ${cnis.join(' or ')} does its work was not to be read.`, evidence);
  const resource = { kind: 'cluster' as const, id: target.arn, name: target.name };
  return {
    findings: [
      {
        verdict: 'critical',
        resource,
        summary: `${summary}: no Service, DNS included, can work there.`,
        evidence,
        timeToImpact: 'immediate',
      },
    ],
    metrics: [],
  };
}
