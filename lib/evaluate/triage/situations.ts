import { otherTitle } from '#lib/evaluate/triage/by-hand.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { ExtentScope, SituationId } from '#lib/model/triage.ts';
import type { Verdict } from '#lib/model/verdict.ts';

/** What to do about one kind of trouble. */
export interface Situation {
  readonly id: SituationId;
  /** A clause. */
  readonly title: string;
  /** Another clause, by check. */
  readonly titles?: Readonly<Record<string, string>>;
  /** Instead of both, where nothing worse than a warning was found. */
  readonly ofWarning?: Pick<Situation, 'title' | 'timeToImpact'>;
  /** Whose findings mean it. */
  readonly checks: readonly string[];
  /** Where neither the roots nor what they explain say it. */
  readonly timeToImpact?: NonNullable<Finding['timeToImpact']>;
  /** The remediation where the finding names none, by check. */
  readonly primary: Readonly<Record<string, string>>;
  /** Remediations that are left, by check; `*` is what every one of the others has. */
  readonly fallbacks: Readonly<Record<string, readonly string[]>>;
  /** Instead of these, where the whole cluster is meant, by check. */
  readonly clusterFallbacks?: Readonly<Record<string, readonly string[]>>;
}

/** The decision table: from what a finding says to what is done, in this order where reach and time are alike. */
export const SITUATIONS: readonly Situation[] = [
  {
    id: 'no-network',
    title: 'new pods get no network',
    checks: [
      'cni-agents',
      'pods-awaiting-network',
      'pod-sandbox-failures',
      'node-readiness',
      'cni-permissions',
      'cni-config-files',
      'cni-conflicts',
      'cni-memory',
      'cni-kernel',
      'cilium-agent',
      'flannel-pod-cidr',
      'eni-config',
      'canary-pod',
      'canary-routes',
    ],
    timeToImpact: 'minutes',
    primary: {
      'cni-agents': 'restart-cni',
      'pods-awaiting-network': 'restart-cni',
      // pod-sandbox-failures and canary-pod name theirs by cause, or none.
      'canary-routes': 'restart-cni',
      'cilium-agent': 'restart-cni',
      'cni-config-files': 'recycle-nodes',
    },
    fallbacks: {
      'cni-memory': ['restart-cni'],
      'cni-kernel': [],
      'cni-conflicts': [],
      'eni-config': [],
      'flannel-pod-cidr': [],
      '*': ['recycle-nodes'],
    },
    // It takes every node's network away for a while: never for less than the whole cluster, and only where it might help.
    clusterFallbacks: Object.fromEntries(
      ['cni-agents', 'pods-awaiting-network', 'pod-sandbox-failures', 'cni-config-files', 'canary-pod', 'canary-routes'].map(
        (check) => [check, ['reset-cni']],
      ),
    ),
  },
  {
    id: 'pod-to-pod',
    title: 'pods cannot reach each other',
    checks: ['calico-bgp', 'calico-encapsulation', 'flannel-backend', 'canary-pod-to-pod'],
    timeToImpact: 'immediate',
    primary: { 'calico-bgp': 'restart-bgp' },
    fallbacks: { '*': ['suspend-network-policy'] },
  },
  {
    id: 'dns',
    title: 'names do not resolve',
    ofWarning: { title: 'DNS is weakened: some lookups may be lost or slow', timeToImpact: 'hours' },
    checks: ['coredns', 'dns-security-groups', 'dns-network-policy', 'dns-network-acls', 'dns-quality', 'canary-dns'],
    timeToImpact: 'immediate',
    primary: { coredns: 'restart-coredns', 'dns-network-policy': 'allow-dns-policy', 'dns-security-groups': 'allow-dns' },
    fallbacks: { 'dns-network-policy': ['suspend-network-policy', 'restart-coredns'], '*': ['restart-coredns'] },
  },
  {
    id: 'services',
    title: 'Services do not answer, that of DNS among them',
    checks: ['kube-proxy'],
    timeToImpact: 'minutes',
    primary: { 'kube-proxy': 'restart-kube-proxy' },
    fallbacks: { '*': ['recycle-nodes'] },
  },
  {
    id: 'egress',
    title: 'pods do not reach the outside',
    ofWarning: { title: 'pods do not reach all that they should outside', timeToImpact: 'immediate' },
    checks: ['canary-egress'],
    timeToImpact: 'immediate',
    primary: {},
    fallbacks: { '*': ['suspend-network-policy'] },
  },
  {
    id: 'addresses',
    title: 'addresses are running out',
    titles: { 'pod-sandbox-failures': 'new pods get no address', 'canary-pod': 'new pods get no address' },
    checks: [
      'subnet-ip-exhaustion',
      'subnet-prefix-fragmentation',
      'node-ip-capacity',
      'node-launch-failures',
      'surge-headroom',
      'subnet-zone-skew',
      'eni-quota',
      'leaked-enis',
      'max-pods-mismatch',
      'prefix-delegation',
      'branch-eni-capacity',
      'ipamd',
      'warm-pool',
      'control-plane-subnets',
      'calico-ipam',
      'calico-block-fragmentation',
      'cilium-ipam',
    ],
    timeToImpact: 'hours',
    primary: {},
    fallbacks: {
      'subnet-ip-exhaustion': ['tune-warm-targets', 'add-pod-subnet'],
      'subnet-prefix-fragmentation': ['add-pod-subnet'],
      'node-launch-failures': ['add-pod-subnet'],
      'control-plane-subnets': [],
      'eni-quota': [],
      'leaked-enis': [],
      'calico-ipam': ['release-leaked-ips'],
      'calico-block-fragmentation': ['add-ip-pool'],
      'cilium-ipam': [],
      '*': ['advise-instance-types'],
    },
  },
];

const OTHER: Situation = { id: 'other', title: 'something else needs a look', checks: [], primary: {}, fallbacks: {} };

/** Findings whose evidence says that they mean something else than the others of their check. */
const BY_EVIDENCE: Readonly<Record<string, (evidence: Finding['evidence']) => SituationId | undefined>> = {
  // Pods that found no node, or had their network late, are no trouble of the CNI's set-up that a restart cures.
  'canary-pod': ({ withoutNetwork, cause }) => (withoutNetwork === 0 ? 'other' : ofCause(cause)),
  'pod-sandbox-failures': ({ cause }) => ofCause(cause),
  // With a default route, what is not reached is the Service of the API server.
  'canary-routes': ({ routes }) => (lacksRoute(routes) ? undefined : 'other'),
  'cilium-agent': (evidence) => (isOfPeersAlone(evidence) ? 'pod-to-pod' : undefined),
};

/** A CNI without a free address sets up nothing, restarted or not: it is room that is wanted. */
function ofCause(cause: unknown): SituationId | undefined {
  return cause === 'no-free-address' ? 'addresses' : undefined;
}

function lacksRoute(routes: unknown): boolean {
  return !Array.isArray(routes) || routes.some((route: unknown) => isRecord(route) && route['hasDefault'] === false);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** Of a node `problems`, of the DaemonSet `problemCounts`. */
function isOfPeersAlone({ problems, problemCounts }: Finding['evidence']): boolean {
  const kinds = Array.isArray(problems) ? problems : Object.keys((problemCounts as object | null | undefined) ?? {});
  return kinds.length > 0 && kinds.every((kind) => kind === 'peers-unreachable');
}

export function situationOf({ check, evidence }: Pick<Finding, 'check' | 'evidence'>): Situation {
  const told = Object.hasOwn(BY_EVIDENCE, check) ? BY_EVIDENCE[check]?.(evidence) : undefined;
  return SITUATIONS.find(({ id, checks }) => (told === undefined ? checks.includes(check) : id === told)) ?? OTHER;
}

/** A clause for people. */
export function titleOf({ id, title, titles = {}, ofWarning }: Situation, finding: Pick<Finding, 'check' | 'verdict'>): string {
  if (id === 'other') return otherTitle(finding);
  return (finding.verdict === 'warning' ? ofWarning?.title : undefined) ?? of(titles, finding.check) ?? title;
}

/** Of findings of this verdict that state none. */
export function timeOf({ timeToImpact, ofWarning }: Situation, verdict: Verdict): Situation['timeToImpact'] {
  return (verdict === 'warning' ? ofWarning?.timeToImpact : undefined) ?? timeToImpact;
}

/** Ids of remediations. */
export interface Remediations {
  /** The finding's own, else the table's; undefined where there is none. */
  readonly primary: string | undefined;
  readonly fallbacks: readonly string[];
}

export function remediationsOf(
  { primary, fallbacks, clusterFallbacks = {} }: Situation,
  { check, remediation }: Pick<Finding, 'check' | 'remediation'>,
  scope: ExtentScope,
): Remediations {
  const first = remediation ?? of(primary, check);
  const left = (scope === 'cluster' ? of(clusterFallbacks, check) : undefined) ?? of(fallbacks, check) ?? fallbacks['*'] ?? [];
  return { primary: first, fallbacks: left.filter((id) => id !== first) };
}

function of<T>(table: Readonly<Record<string, T>>, check: string): T | undefined {
  return Object.hasOwn(table, check) ? table[check] : undefined;
}
