/** One round of the bench of policies, in a process of its own: prints its figures. */
import type { LabelSelector, NetworkPolicy, Pod } from '#lib/model/kubernetes.ts';
import { groupedVerdicts, podGroups } from '#lib/network/policy/groups.ts';
import { compilePolicies } from '#lib/network/policy/network-policies.ts';
import type { PolicyFigures } from '#test/bench/policies.ts';
import { aPod } from '#test/scenarios/slices.ts';

const NAMESPACES = 200;
const PODS = 30_000;
const POLICIES = 2_000;
const ENDPOINTS = 10;
const APPS = 12;
const NAME = 'kubernetes.io/metadata.name';

const address = (at: number) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`;
const namespaceOf = (at: number) => `team-${at % NAMESPACES}`;
const app = (value: string): LabelSelector => ({ matchLabels: { 'app.kubernetes.io/name': value } });

/** Each pod has a label of its own too, as those of a StatefulSet do. */
const pods: Pod[] = Array.from({ length: PODS }, (_, at) =>
  aPod({
    namespace: namespaceOf(at),
    name: `pod-${at}`,
    labels: {
      'app.kubernetes.io/name': `app-${at % APPS}`,
      'pod-template-hash': `hash-${at % 97}`,
      'statefulset.kubernetes.io/pod-name': `pod-${at}`,
    },
    nodeName: `node-${at % 1_000}`,
    podIps: [address(at + 1_000)],
  }),
);
const coreDns = Array.from({ length: ENDPOINTS }, (_, at) =>
  aPod({
    namespace: 'kube-system',
    name: `coredns-${at}`,
    labels: { 'k8s-app': 'kube-dns' },
    nodeName: `node-${at}`,
    podIps: [address(at + 1)],
  }),
);

/** Of every ten of a namespace: one denies, one allows DNS, the others speak of applications and blocks. */
const policies: NetworkPolicy[] = Array.from({ length: POLICIES }, (_, at) => {
  const which = Math.floor(at / NAMESPACES) % 10;
  const dns = [
    { namespaceSelector: { matchLabels: { [NAME]: 'kube-system' } }, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } },
  ];
  const others = [
    { podSelector: app(`app-${which}`) },
    { ipBlock: { cidr: `10.${which}.0.0/16`, except: [`10.${which}.9.0/24`] } },
  ];
  return {
    namespace: namespaceOf(at),
    name: `policy-${at}`,
    podSelector: which < 2 ? {} : app(`app-${which}`),
    policyTypes: which === 0 ? ['Ingress', 'Egress'] : ['Egress'],
    ingress: [],
    egress: which === 0 ? [] : [{ ports: [{ protocol: 'UDP', port: 53 }], peers: which === 1 ? dns : others }],
  };
});
const lettingIn: NetworkPolicy = {
  namespace: 'kube-system',
  name: 'coredns',
  podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
  policyTypes: ['Ingress'],
  ingress: [
    { ports: [], peers: [{ namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] } }] },
    { ports: [], peers: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.200.0/21'] } }] },
  ],
  egress: [],
};
const namespaces = [...Array(NAMESPACES).keys()].map((at) => ({
  name: namespaceOf(at),
  labels: { [NAME]: namespaceOf(at), ...(at % 2 === 0 ? { team: 'x' } : {}) },
}));

const spent: Record<string, number> = {};
function timed<T>(part: string, work: () => T): T {
  const start = performance.now();
  const result = work();
  spent[part] = performance.now() - start;
  return result;
}

const compiled = timed('compile the policies', () =>
  compilePolicies({ policies: [...policies, lettingIn], namespaces, resources: [] }),
);
const groups = timed('group the pods', () => podGroups(compiled, pods));
const verdicts = timed('ask of every pod and every endpoint, over UDP and TCP', () =>
  coreDns.flatMap((pod) =>
    (['UDP', 'TCP'] as const).flatMap((protocol) =>
      groupedVerdicts(compiled, groups, { kind: 'pod', pod }, { port: 53, protocol }),
    ),
  ),
);
const answers: Record<string, number> = {};
for (const { verdict, pods: alike } of verdicts) answers[verdict.verdict] = (answers[verdict.verdict] ?? 0) + alike.length;

const figures: PolicyFigures = { pods: PODS, policies: POLICIES, endpoints: ENDPOINTS, groups: groups.length, answers, spent };
console.log(JSON.stringify(figures));
