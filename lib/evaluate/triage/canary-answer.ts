import type { Finding } from '#lib/model/finding.ts';
import type { CanaryAnswer } from '#lib/model/triage.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';

const TEXTS: Readonly<Record<CanaryAnswer['branch'], string>> = {
  'no-network': 'A canary pod got no network: the CNI does not set pods up.',
  'no-routes': 'A canary pod has no default route: the CNI died while it set the pod up.',
  dns: 'Names do not resolve in a canary pod: CoreDNS is blocked or down; look at the policies first.',
  egress: 'DNS works in a canary pod and the outside is not reached: egress rules, routes or masquerading.',
  'pod-to-pod': 'Canary pods on different nodes do not reach each other: routes or tunnels between nodes.',
  unknown: 'What the canary pod saw is not known in full.',
  works: 'A canary pod got its network, resolved names and reached the outside: not every pod is cut off.',
};

const CANARIES = ['canary-pod', 'canary-routes', 'canary-dns', 'canary-egress', 'canary-pod-to-pod'] as const;
type Canary = (typeof CANARIES)[number];

/** The decision tree from inside a pod: each branch asks only once what lies beneath it is there. Null where no canary ran. */
export function canaryAnswer(findings: readonly Finding[]): CanaryAnswer | null {
  const verdicts = new Map<Canary, Verdict>(
    CANARIES.map((id) => [id, worstVerdict(findings.flatMap(({ check, verdict }) => (check === id ? verdict : [])))]),
  );
  if ([...verdicts.values()].every((verdict) => verdict === 'not-applicable')) return null;
  const branch = branchOf(
    (id) => verdicts.get(id) === 'critical' || verdicts.get(id) === 'warning',
    (id) => verdicts.get(id) === 'ok',
  );
  return { branch, text: TEXTS[branch] };
}

function branchOf(fails: (id: Canary) => boolean, works: (id: Canary) => boolean): CanaryAnswer['branch'] {
  if (fails('canary-pod')) return 'no-network';
  if (fails('canary-routes')) return 'no-routes';
  if (fails('canary-dns')) return 'dns';
  if (fails('canary-egress')) return works('canary-dns') ? 'egress' : 'unknown';
  if (fails('canary-pod-to-pod')) return 'pod-to-pod';
  return (['canary-pod', 'canary-dns', 'canary-egress'] as const).every(works) ? 'works' : 'unknown';
}
