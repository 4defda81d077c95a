import * as z from 'zod';
import { type NamespaceClients, namespaceFinding } from '#lib/checks/dns/dns-policy-finding.ts';
import { defineCheck, notApplicable, undecided } from '#lib/model/check.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Target } from '#lib/model/target.ts';
import { isAutoModeNode } from '#lib/network/dns/clients.ts';
import { type DnsClient, type DnsPolicies, dnsPolicies } from '#lib/network/dns/policies.ts';

export const check = defineCheck({
  id: 'dns-network-policy',
  title: 'Network policies between pods and CoreDNS',
  area: 'dns',
  severity: 'critical',
  inputs: ['nodes', 'pods', 'daemonSets', 'endpointSlices', 'networkPolicies', 'policyResources'],
  optional: ['cluster', 'namespaces', 'services', 'configMaps', 'nodeClasses'],
  options: z.object({
    criticalPodsPercent: z
      .number()
      .min(1)
      .max(100)
      .default(100)
      .describe(
        'share of the pods of a namespace that ask for names at which losing DNS wholly is critical; below it is a warning',
      ),
  }),
  metrics: [],
  docs: {
    question:
      'Do network policies leave every pod that asks for names its way to CoreDNS, over UDP and TCP, out of its own namespace and in to ' +
      'CoreDNS? A policy for egress that forgets port 53 takes DNS from every pod that it selects, and looks like an outage of whatever ' +
      'these pods call. NetworkPolicies are evaluated with their selectors, named ports and ipBlocks; of other kinds, the common policies ' +
      'of Cilium and EKS are, and all others are named where they could change the answer. Which plugin enforces policies is read from its ' +
      'agents: where none does, policies have no effect, and what they would do is told. `cniwatch explain path` answers the same about ' +
      'any two pods, also for a policy that is not applied yet.',
    verdicts: {
      critical:
        '`criticalPodsPercent` of the pods of a namespace that ask for names, or more, reach no CoreDNS endpoint over UDP',
      warning:
        'fewer of them do; or pods reach some endpoints only, or none over TCP; or an ipBlock covers the pods of CoreDNS or the address of its ' +
        'Service and not both, or no rule allows the NodeLocal DNSCache of their node, which plugins judge differently',
      unknown:
        'a policy of a kind that is not evaluated, or labels or a kind of policies that was not read, could change the answer; it is not known who enforces policies ' +
        '(EKS Auto Mode, two plugins at once); the NodeClass of an Auto Mode node denies by default, and the node may answer DNS itself, or the ' +
        'NodeClass was not read; no CoreDNS pod is ready',
      notApplicable: 'no running pod asks for names, or Auto Mode answers DNS on its nodes and no CoreDNS pod runs',
    },
    evidence: {
      namespace: 'the namespace of the pods',
      pods: 'its pods that ask for names; of the cluster, where no policy concerns DNS',
      podsBlocked: 'those that reach no CoreDNS endpoint over UDP (agents of NodeLocal DNSCache: over TCP)',
      podsInDoubt: 'those that reach some endpoints only, lack TCP, or of which it cannot be told',
      workloads: 'what these pods belong to; ten at the most',
      policies: 'the policies that decide, by kind and name; all that isolate its pods for egress where DNS passes',
      protocol: 'the protocols that are affected',
      reason: 'why, a clause a reason; null where DNS passes',
      endpoints: 'CoreDNS endpoints that are ready',
      enforcedBy: 'the plugin that enforces policies; null where none does or it is not known',
      namespaces: 'namespaces with pods that ask for names',
    },
    sources: [
      'Kubernetes documentation, "Network Policies" and "DNS for Services and Pods"',
      'Kubernetes API reference, NetworkPolicy networking.k8s.io/v1',
      'Amazon EKS User Guide, "Limit Pod traffic with Kubernetes network policies" and "Create a Node Class for Amazon EKS"',
      'Kubernetes documentation, "Using NodeLocal DNSCache in Kubernetes Clusters"',
      'Cilium documentation, "Network Policy"; Calico documentation, "Network policy"',
    ],
  },
  remediations: ['allow-dns-policy', 'suspend-network-policy'],
  evaluate({ inputs, optional, options, target }) {
    const judged = dnsPolicies({
      ...inputs,
      autoMode: dataOf(optional.cluster)?.autoMode ?? false,
      namespaces: dataOf(optional.namespaces),
      services: dataOf(optional.services),
      configMaps: dataOf(optional.configMaps),
      nodeClasses: dataOf(optional.nodeClasses),
    });
    const { clients, servers } = judged;
    if (clients.length === 0) return notApplicable(target, 'No running pod asks for names.');
    if (servers.ready.length === 0) {
      if (inputs.nodes.every(isAutoModeNode)) return notApplicable(target, AUTO_MODE_ANSWERS);
      return undecided(target, 'No CoreDNS pod is ready, so whether policies let pods reach one cannot be told.');
    }
    const concerned = namespacesOf(clients).filter((namespace) => concerns(namespace, judged));
    const findings = concerned.map((namespace) => namespaceFinding(namespace, judged, options.criticalPodsPercent));
    return { findings: findings.length > 0 ? findings : [nothingBetween(target, judged)], metrics: [] };
  },
});

const AUTO_MODE_ANSWERS = "No CoreDNS pod runs, and every node is Auto Mode's, which answers DNS itself.";

function namespacesOf(clients: readonly DnsClient[]): readonly NamespaceClients[] {
  return [...Map.groupBy(clients, ({ pod }) => pod.namespace)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([namespace, members]) => ({ namespace, clients: members }));
}

/** Whether some policy isolates pods of a namespace for egress, or any leaves them a problem. */
function concerns({ clients }: NamespaceClients, { compiled }: DnsPolicies): boolean {
  return clients.some(({ pod, problems }) => {
    const { policies, hostNetwork } = compiled.classOf(pod);
    const isolates = policies.some(({ compiled: { policy } }) => policy.policyTypes.includes('Egress'));
    return problems.length > 0 || (isolates && !hostNetwork);
  });
}

function nothingBetween(target: Target, { clients, servers, enforcement }: DnsPolicies): Judgement {
  const namespaces = new Set(clients.map(({ pod }) => pod.namespace)).size;
  const where = `${plural(clients.length, 'pod')} in ${plural(namespaces, 'namespace')}`;
  return {
    verdict: 'ok',
    resource: { kind: 'cluster', id: target.arn, name: target.name },
    summary: `No network policy isolates any of ${where} for egress, nor CoreDNS from them.`,
    evidence: {
      pods: clients.length,
      namespaces,
      endpoints: servers.ready.length,
      enforcedBy: enforcement.kind === 'enforced' ? enforcement.by : null,
    },
  };
}
