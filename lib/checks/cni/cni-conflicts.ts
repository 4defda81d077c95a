import * as z from 'zod';
import { defineCheck, notApplicable, undecided } from '#lib/model/check.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import { type Cni, findCnis } from '#lib/network/cni.ts';
import { type CniPair, cniPairs } from '#lib/network/cni-chaining.ts';

const MOST_LISTED = 20;
const VERDICTS = { chained: 'ok', conflict: 'critical', unknown: 'unknown' } as const;

export const check = defineCheck({
  id: 'cni-conflicts',
  title: 'CNIs that want the same nodes',
  area: 'cni',
  severity: 'critical',
  inputs: ['nodes', 'daemonSets'],
  optional: ['configMaps'],
  options: z.object({}),
  metrics: [],
  docs: {
    question:
      'Do two CNIs want the same node? The container runtime takes the configuration whose file name sorts first (05-cilium, then 10-aws, 10-calico, 10-flannel), so that which of them connects a pod may change with a restart. Calico that enforces policies only, and Cilium that chains, are no conflict.',
    verdicts: {
      critical: 'a node takes the agents of two CNIs of which neither leaves the interfaces to the other',
      unknown: 'nodes or DaemonSets were not read; or whether Cilium chains was not to be read',
      notApplicable: 'no CNI with a DaemonSet runs here',
    },
    evidence: {
      cnis: 'the CNIs that have a DaemonSet, as namespace/name by kind',
      pair: 'the two that meet, as kinds',
      why: 'what decides whether they get along',
      nodes: 'nodes that take the agents of both; the first 20',
      nodeCount: 'how many there are',
    },
    sources: [
      'containerd/go-cni opts.go, cni.go (configuration files in the order of their names, one by default)',
      'Calico documentation, "Install Calico on Amazon EKS" (policy only) and "Configuring calico/node"',
      'Cilium documentation, "CNI Chaining"',
    ],
  },
  remediations: ['remove-second-cni'],
  evaluate({ inputs, optional, target }) {
    const cnis = findCnis(inputs.daemonSets);
    if (cnis.length === 0) return notApplicable(target, 'No DaemonSet of the VPC CNI, Cilium, Calico or flannel was found.');
    const pairs = cniPairs(cnis, inputs.nodes, optional.configMaps);
    if (inputs.nodes.length === 0 && cnis.length > 1)
      return undecided(
        target,
        `${plural(cnis.length, 'CNI')} have a DaemonSet, and there is no node yet on which they could meet.`,
      );
    if (pairs.length > 0) return { findings: pairs.map((pair) => pairFinding(pair, cnis)), metrics: [] };
    const where = cnis.length === 1 ? 'is alone' : 'each have nodes of their own';
    const resource = { kind: 'cluster' as const, id: target.arn, name: target.name };
    const summary = `${cnis.map(({ kind }) => kind).join(' and ')} ${where}.`;
    return { findings: [{ verdict: 'ok', resource, summary, evidence: { cnis: named(cnis) } }], metrics: [] };
  },
});

/** Of the second DaemonSet: it is the one that came to the other. */
function pairFinding({ first, second, coexistence, why, nodes }: CniPair, cnis: readonly Cni[]): Judgement {
  const { namespace, name } = second.daemonSet;
  const verdict = VERDICTS[coexistence];
  const id = `${namespace}/${name}`;
  return {
    verdict,
    resource: { kind: 'daemonset', id: `${id} with ${first.daemonSet.namespace}/${first.daemonSet.name}`, name },
    summary: `${first.kind} and ${second.kind} both have agents on ${plural(nodes.length, 'node')}: ${why}.`,
    evidence: {
      cnis: named(cnis),
      pair: [first.kind, second.kind],
      why,
      nodes: nodes.slice(0, MOST_LISTED).map((node) => node.name),
      nodeCount: nodes.length,
    },
    ...(verdict === 'critical' && { timeToImpact: 'hours' as const, remediation: 'remove-second-cni' }),
  };
}

function named(cnis: readonly Cni[]): Record<string, string[]> {
  const byKind = Map.groupBy(cnis, ({ kind }) => kind);
  return Object.fromEntries(
    [...byKind].map(([kind, of]) => [kind, of.map(({ daemonSet }) => `${daemonSet.namespace}/${daemonSet.name}`)]),
  );
}
