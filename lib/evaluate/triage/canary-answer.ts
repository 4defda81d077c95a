import type { Finding } from '#lib/model/finding.ts';
import type { CanaryAnswer } from '#lib/model/triage.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';

type Branch = CanaryAnswer['branch'];

const TEXTS: Readonly<Record<Branch, string>> = {
  'no-network': 'A canary pod got no network: the CNI does not set pods up.',
  'no-routes': 'A canary pod has no default route: the CNI died while it set the pod up.',
  dns: 'Names do not resolve in a canary pod: CoreDNS is blocked or down; look at the policies first.',
  egress: 'DNS works in a canary pod and the outside is not reached: egress rules, routes or masquerading.',
  'pod-to-pod': 'Canary pods on different nodes do not reach each other: routes or tunnels between nodes.',
  degraded: 'Canary pods work slowly or in part: their findings say where.',
  unknown: 'What the canary pods saw is not known in full.',
  works: 'A canary pod got its network and resolved names: not every pod is cut off.',
};

const CANARIES = ['canary-pod', 'canary-routes', 'canary-dns', 'canary-egress', 'canary-pod-to-pod'] as const;
type Canary = (typeof CANARIES)[number];

/** The decision tree from inside a pod: each branch asks only once what lies beneath it is there. Null where no canary ran. */
export function canaryAnswer(findings: readonly Finding[]): CanaryAnswer | null {
  const seen = findings.filter(({ check }) => CANARIES.some((id) => id === check));
  const verdictOf = (id: Canary) => worstVerdict(seen.flatMap(({ check, verdict }) => (check === id ? verdict : [])));
  if (seen.every(({ verdict }) => verdict === 'not-applicable')) return null;
  const branch = branchOf(verdictOf, lacksNetwork(seen));
  return { branch, text: TEXTS[branch] };
}

/** A pod that waits for a node, or had its network late, has none of its troubles from the CNI's set-up. */
function lacksNetwork(findings: readonly Finding[]): boolean {
  return findings.some(({ check, verdict, evidence }) => {
    const { withoutNetwork } = evidence;
    return check === 'canary-pod' && verdict === 'critical' && typeof withoutNetwork === 'number' && withoutNetwork > 0;
  });
}

function branchOf(verdictOf: (id: Canary) => Verdict, withoutNetwork: boolean): Branch {
  const fails = (id: Canary) => verdictOf(id) === 'critical';
  if (withoutNetwork) return 'no-network';
  if (fails('canary-routes')) return 'no-routes';
  if (fails('canary-dns')) return 'dns';
  if (fails('canary-egress') && verdictOf('canary-dns') === 'ok') return 'egress';
  if (fails('canary-pod-to-pod')) return 'pod-to-pod';
  if (CANARIES.some((id) => fails(id) || verdictOf(id) === 'warning')) return 'degraded';
  const works = CANARIES.every((id) => verdictOf(id) === 'ok' || verdictOf(id) === 'not-applicable');
  return works && verdictOf('canary-pod') === 'ok' && verdictOf('canary-dns') === 'ok' ? 'works' : 'unknown';
}
