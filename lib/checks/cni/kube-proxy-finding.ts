import type { Judgement } from '#lib/model/finding.ts';
import type { DaemonSet } from '#lib/model/kubernetes.ts';
import { agreeing, plural } from '#lib/model/plural.ts';
import { type Agent, isBroken } from '#lib/network/agents.ts';
import { kubeProxyVersion, kubernetesMinor } from '#lib/network/kube-proxy.ts';

const MOST_LISTED = 20;

export interface ProxyFacts {
  readonly daemonSet: DaemonSet;
  readonly agents: readonly Agent[];
  /** Undefined where it was not read. */
  readonly clusterVersion: string | undefined;
  readonly mode: string | undefined;
  readonly options: { readonly criticalPercent: number; readonly minorsBehind: number };
}

export function kubeProxyFinding(facts: ProxyFacts): Judgement {
  const { daemonSet, agents, clusterVersion, mode } = facts;
  const id = `${daemonSet.namespace}/${daemonSet.name}`;
  const resource = { kind: 'daemonset' as const, id, name: daemonSet.name };
  if (agents.length === 0)
    return { verdict: 'not-applicable', resource, summary: `The DaemonSet ${id} selects none of the nodes.`, evidence: {} };
  const broken = agents.filter(isBroken);
  const skewed = agents.filter((agent) => isSkewed(agent, facts));
  const unversioned = agents.filter(({ pod }) => pod !== undefined && minorOf(pod.containers) === undefined);
  const verdict = verdictOf(facts, { broken: broken.length, skewed: skewed.length, unversioned: unversioned.length });
  const versions = tally(agents.flatMap(({ pod }) => (pod ? [kubeProxyVersion(pod.containers) ?? 'unknown'] : [])));
  return {
    verdict,
    resource,
    summary: `${clauses(facts, { broken, skewed, unversioned }).join('; ')}.`,
    evidence: {
      desired: daemonSet.desired,
      ready: daemonSet.ready,
      expectedNodes: agents.length,
      notReady: agents.filter(({ state }) => state !== 'ready').length,
      nodes: names(broken),
      skewedNodes: names(skewed),
      version: kubeProxyVersion(daemonSet.containers) ?? null,
      versions,
      clusterVersion: clusterVersion ?? null,
      mode: mode ?? null,
    },
    ...(verdict === 'critical' && { timeToImpact: 'minutes' as const }),
    ...(verdict === 'warning' && { timeToImpact: broken.length > 0 ? ('hours' as const) : ('days' as const) }),
    ...(broken.length > 0 && { remediation: 'restart-kube-proxy' }),
    ...(broken.length === 0 && skewed.length > 0 && { remediation: 'update-kube-proxy' }),
  };
}

const minorOf = (containers: Parameters<typeof kubeProxyVersion>[0]) => kubernetesMinor(kubeProxyVersion(containers));

/**
 * Not newer than the API server, and not further behind than the nodes and the API server support.
 * Source: Kubernetes documentation, "Version Skew Policy", section "kube-proxy".
 */
function isSkewed({ pod, node }: Agent, { clusterVersion, options }: ProxyFacts): boolean {
  const own = pod && minorOf(pod.containers);
  if (own === undefined) return false;
  const [server, kubelet] = [kubernetesMinor(clusterVersion), kubernetesMinor(node.kubeletVersion)];
  if (server !== undefined && (own > server || server - own > options.minorsBehind)) return true;
  return kubelet !== undefined && Math.abs(kubelet - own) > options.minorsBehind;
}

interface Counts {
  readonly broken: number;
  readonly skewed: number;
  readonly unversioned: number;
}

function verdictOf(
  { agents, options, clusterVersion }: ProxyFacts,
  { broken, skewed, unversioned }: Counts,
): Judgement['verdict'] {
  const many = broken > 1 && (100 * broken) / agents.length >= options.criticalPercent;
  if (many || (broken > 0 && broken === agents.length)) return 'critical';
  if (unversioned > 0 || clusterVersion === undefined) return 'unknown';
  return broken > 0 || skewed > 0 ? 'warning' : 'ok';
}

function clauses(
  { daemonSet, agents, clusterVersion, mode }: ProxyFacts,
  { broken, skewed, unversioned }: Readonly<Record<'broken' | 'skewed' | 'unversioned', readonly Agent[]>>,
): readonly string[] {
  const ready = agents.filter(({ state }) => state === 'ready').length;
  const reasons = tally(broken.map(({ fault }) => fault?.terminatedReason ?? fault?.reason ?? 'no pod'));
  return [
    `${ready} of ${plural(agents.length, 'node')} ${agreeing(agents.length, 'has', 'have')} a ready kube-proxy of ${daemonSet.namespace}/${daemonSet.name}${mode ? ` (${mode})` : ''}`,
    ...(broken.length > 0
      ? [
          `${broken.length} ${agreeing(broken.length, 'does', 'do')} not work (${Object.entries(reasons)
            .map(([reason, count]) => `${count} ${reason}`)
            .join(', ')})`,
        ]
      : []),
    ...(skewed.length > 0
      ? [
          `${plural(skewed.length, 'node')} ${agreeing(skewed.length, 'runs', 'run')} a version too far from Kubernetes ${clusterVersion ?? ''}`.trimEnd(),
        ]
      : []),
    ...(unversioned.length > 0
      ? [`${agreeing(unversioned.length, 'the image of one tells', `the images of ${unversioned.length} tell`)} no version`]
      : []),
    ...(clusterVersion === undefined ? ["the cluster's version was not read, so the skew is not judged"] : []),
  ];
}

const names = (agents: readonly Agent[]): string[] => agents.slice(0, MOST_LISTED).map(({ node }) => node.name);

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
