/**
 * The situations that Kubernetes' own conformance suite of NetworkPolicy tries on a cluster (test/e2e/network/netpol of
 * kubernetes/kubernetes), as data: pods, policies, and who does not reach whom. Where that suite changes a policy or a label midway,
 * there is a case for the state before and one for the state after.
 */
import type { LabelSelector, NetworkPolicy } from '#lib/model/kubernetes.ts';

type Rule = NetworkPolicy['ingress'][number];
type Port = Rule['ports'][number];
type Protocol = 'TCP' | 'UDP' | 'SCTP';

export interface ConformanceCase {
  readonly name: string;
  /** `x/a`: the pod `a` of the namespace `x`, labelled `pod: a`. It serves 80 and 81 over every protocol, as `serve-80-tcp`, .... */
  readonly pods: string;
  /** Further labels, of pods and of namespaces. */
  readonly labels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly policies: readonly NetworkPolicy[];
  readonly probes: readonly Probe[];
}

export interface Probe {
  readonly port?: number;
  readonly protocol?: Protocol;
  /** Everybody reaches everybody, but for these; the last that speaks of two pods holds. `* > x/*`, `allow x/b > x/a`. */
  readonly except: readonly string[];
}

let count = 0;

function policy(namespace: string, podSelector: LabelSelector, spec: { ingress?: Rule[]; egress?: Rule[] }): NetworkPolicy {
  const policyTypes = [...(spec.ingress ? ['Ingress'] : []), ...(spec.egress ? ['Egress'] : [])];
  return {
    namespace,
    name: `policy-${count++}`,
    podSelector,
    policyTypes,
    ingress: spec.ingress ?? [],
    egress: spec.egress ?? [],
  };
}

const ALL: LabelSelector = {};
const pod = (value: string): LabelSelector => ({ matchLabels: { pod: value } });
const expression = (key: string, operator: string, ...values: string[]): LabelSelector => ({
  matchExpressions: [{ key, operator, ...(values.length > 0 ? { values } : {}) }],
});
const NAME = 'kubernetes.io/metadata.name';
const namespace = (name: string): LabelSelector => ({ matchLabels: { [NAME]: name } });
const elsewhere = expression(NAME, 'NotIn', 'x');

const from = (...peers: Rule['peers']): Rule => ({ ports: [], peers });
const on = (...ports: Port[]): Rule => ({ ports, peers: [] });
const tcp = (port?: number | string): Port => ({ protocol: 'TCP', ...(port === undefined ? {} : { port }) });
const ANYTHING: Rule = { ports: [], peers: [] };
/** `10.0.0.2` is x/b, as the test numbers pods in their order. */
const block = (cidr: string, ...except: string[]): Rule => from({ ipBlock: { cidr, except } });

const denyIngress = policy('x', ALL, { ingress: [] });

export const CONFORMANCE: readonly ConformanceCase[] = [
  ...(['TCP', 'UDP', 'SCTP'] as const).map((protocol) => ({
    name: `a default denial of ingress, over ${protocol}`,
    pods: 'x/a x/b y/a y/b',
    policies: [denyIngress],
    probes: [{ protocol, except: ['* > x/*'] }],
  })),
  {
    name: 'a default denial of everything',
    pods: 'x/a x/b y/a',
    policies: [policy('x', ALL, { ingress: [], egress: [] })],
    probes: [{ except: ['* > x/*', 'x/* > *'] }],
  },
  {
    name: 'pods of the same namespace by a podSelector',
    pods: 'x/a x/b x/c y/a y/b',
    policies: [policy('x', pod('a'), { ingress: [from({ podSelector: pod('b') })] })],
    probes: [{ except: ['* > x/a', 'allow x/b > x/a'] }],
  },
  {
    name: 'one target opened under a denial for all',
    pods: 'x/a x/b y/a',
    policies: [denyIngress, policy('x', pod('a'), { ingress: [from({ podSelector: ALL, namespaceSelector: ALL })] })],
    probes: [{ except: ['* > x/b'] }],
  },
  {
    name: 'pods of all namespaces',
    pods: 'x/a x/b y/a z/a',
    policies: [policy('x', pod('a'), { ingress: [from({ namespaceSelector: { matchLabels: {} } })] })],
    probes: [{ except: [] }],
  },
  {
    name: 'another namespace by a namespaceSelector',
    pods: 'x/a x/b y/a z/a',
    policies: [policy('x', pod('a'), { ingress: [from({ namespaceSelector: namespace('y') })] })],
    probes: [{ except: ['x/* > x/a', 'z/* > x/a'] }],
  },
  {
    name: 'a podSelector with matchExpressions',
    pods: 'x/a x/b y/a y/b',
    policies: [policy('x', pod('a'), { ingress: [from({ podSelector: expression('pod', 'In', 'b') })] })],
    probes: [{ except: ['* > x/a', 'allow x/b > x/a'] }],
  },
  {
    name: 'a namespaceSelector with matchExpressions',
    pods: 'x/a x/b y/a z/a',
    policies: [policy('x', pod('a'), { ingress: [from({ namespaceSelector: expression(NAME, 'In', 'y') })] })],
    probes: [{ except: ['x/* > x/a', 'z/* > x/a'] }],
  },
  {
    name: 'a podSelector or a namespaceSelector, as two peers',
    pods: 'x/a x/b x/c y/a',
    policies: [policy('x', pod('a'), { ingress: [from({ namespaceSelector: elsewhere }, { podSelector: pod('b') })] })],
    probes: [{ except: ['x/c > x/a'] }],
  },
  {
    name: 'a podSelector and a namespaceSelector, as one peer',
    pods: 'x/a x/b y/a y/b z/b',
    policies: [policy('x', pod('a'), { ingress: [from({ namespaceSelector: elsewhere, podSelector: pod('b') })] })],
    probes: [{ except: ['* > x/a', 'allow y/b > x/a', 'allow z/b > x/a'] }],
  },
  {
    name: 'several pods of several namespaces by expressions',
    pods: 'x/a x/b y/a y/b y/c',
    policies: [
      policy('x', pod('a'), {
        ingress: [from({ namespaceSelector: elsewhere, podSelector: expression('pod', 'In', 'b', 'c') })],
      }),
    ],
    probes: [{ except: ['x/* > x/a', 'y/a > x/a'] }],
  },
  {
    name: 'any of several podSelectors',
    pods: 'x/a x/b x/c x/d',
    policies: [policy('x', pod('a'), { ingress: [from({ podSelector: pod('b') }, { podSelector: pod('c') })] })],
    probes: [{ except: ['x/d > x/a'] }],
  },
  ...(['TCP', 'UDP', 'SCTP'] as const).map((protocol) => ({
    name: `one pod of another namespace, over ${protocol}`,
    pods: 'x/a x/b y/a y/b z/a',
    policies: [policy('x', pod('a'), { ingress: [from({ namespaceSelector: namespace('y'), podSelector: pod('a') })] })],
    probes: [{ protocol, except: ['* > x/a', 'allow y/a > x/a'] }],
  })),
  ...(['TCP', 'UDP', 'SCTP'] as const).map((protocol) => ({
    name: `one port for one namespace, over ${protocol}`,
    pods: 'x/a x/b y/a y/b z/a',
    policies: [
      policy('x', pod('a'), {
        ingress: [{ ports: [{ protocol, port: 81 }], peers: [{ namespaceSelector: namespace('y') }] }],
      }),
    ],
    probes: [
      { port: 81, protocol, except: ['x/* > x/a', 'z/* > x/a'] },
      { port: 80, protocol, except: ['* > x/a'] },
    ],
  })),
  {
    name: 'stacked policies: a second one opens a second port',
    pods: 'x/a x/b y/a y/b z/a',
    policies: [81, 80].map((port) =>
      policy('x', pod('a'), { ingress: [{ ports: [tcp(port)], peers: [{ namespaceSelector: namespace('y') }] }] }),
    ),
    probes: [80, 81].map((port) => ({ port, except: ['x/* > x/a', 'z/* > x/a'] })),
  },
  {
    name: 'a policy that allows everything',
    pods: 'x/a x/b y/a',
    policies: [policy('x', ALL, { ingress: [ANYTHING] })],
    probes: [
      { port: 80, except: [] },
      { port: 81, except: [] },
    ],
  },
  {
    name: 'ingress on one named port',
    pods: 'x/a x/b y/a',
    policies: [policy('x', ALL, { ingress: [on(tcp('serve-81-tcp'))] })],
    probes: [
      { port: 81, except: [] },
      { port: 80, except: ['* > x/*'] },
    ],
  },
  {
    name: 'ingress on one named port from one namespace',
    pods: 'x/a x/b y/a z/a',
    policies: [
      policy('x', pod('a'), {
        ingress: [{ ports: [tcp('serve-80-tcp')], peers: [{ namespaceSelector: namespace('y') }] }],
      }),
    ],
    probes: [
      { port: 80, except: ['x/* > x/a', 'z/* > x/a'] },
      { port: 81, except: ['* > x/a'] },
    ],
  },
  {
    name: 'egress to one named port',
    pods: 'x/a y/a',
    policies: [policy('x', ALL, { egress: [on(tcp('serve-80-tcp'))] })],
    probes: [
      { port: 80, except: [] },
      { port: 81, except: ['x/* > *'] },
    ],
  },
  {
    name: 'a policy changed from allowing everything to denying everything',
    pods: 'x/a y/a',
    policies: [policy('x', ALL, { ingress: [] })],
    probes: [{ port: 81, except: ['* > x/*'] }],
  },
  ...[{}, { y: { ns2: 'updated' } }].map((labels, at) => ({
    name: `a namespace ${at === 0 ? 'without' : 'with'} the label that the policy asks for`,
    pods: 'x/a x/b y/a',
    labels,
    policies: [policy('x', pod('a'), { ingress: [from({ namespaceSelector: { matchLabels: { ns2: 'updated' } } })] })],
    probes: [{ except: ['* > x/a', ...(at === 0 ? [] : ['allow y/* > x/a'])] }],
  })),
  ...[{}, { 'x/b': { pod2: 'updated' } }].map((labels, at) => ({
    name: `a pod ${at === 0 ? 'without' : 'with'} the label that the policy asks for`,
    pods: 'x/a x/b',
    labels,
    policies: [policy('x', pod('a'), { ingress: [from({ podSelector: { matchLabels: { pod: 'b', pod2: 'updated' } } })] })],
    probes: [{ except: ['* > x/a', ...(at === 0 ? [] : ['allow x/b > x/a'])] }],
  })),
  {
    name: 'only pods of the same namespace',
    pods: 'x/a x/b y/a z/a',
    policies: [policy('x', ALL, { ingress: [from({ podSelector: { matchLabels: {} } })] })],
    probes: [{ except: ['y/* > x/*', 'z/* > x/*'] }],
  },
  ...[{}, { 'x/a': { target: 'isolated' } }].map((labels, at) => ({
    name: `a target ${at === 0 ? 'without' : 'with'} the label that isolates`,
    pods: 'x/a y/a',
    labels,
    policies: [policy('x', { matchLabels: { target: 'isolated' } }, { ingress: [] })],
    probes: [{ except: at === 0 ? [] : ['* > x/a'] }],
  })),
  {
    name: 'no egress from one pod',
    pods: 'x/a x/b y/a',
    policies: [policy('x', pod('a'), { egress: [] })],
    probes: [{ except: ['x/a > *'] }],
  },
  {
    name: 'no egress from a namespace',
    pods: 'x/a x/b y/a',
    policies: [policy('x', ALL, { egress: [] })],
    probes: [{ except: ['x/* > *'] }],
  },
  {
    name: 'ingress and egress in one policy',
    pods: 'x/a x/b x/c y/a',
    policies: [policy('x', pod('a'), { ingress: [from({ podSelector: pod('b') })], egress: [on(tcp(80))] })],
    probes: [
      { port: 80, except: ['* > x/a', 'allow x/b > x/a'] },
      { port: 81, except: ['* > x/a', 'allow x/b > x/a', 'x/a > *'] },
    ],
  },
  {
    name: 'egress denied though the other side lets it in',
    pods: 'x/a x/b y/a y/b',
    policies: [
      policy('x', pod('a'), { egress: [from({ namespaceSelector: namespace('y'), podSelector: pod('a') })] }),
      ...['a', 'b'].map((target) =>
        policy('y', pod(target), { ingress: [from({ namespaceSelector: namespace('x'), podSelector: pod('a') })] }),
      ),
    ],
    probes: [{ except: ['x/a > *', '* > y/a', 'allow x/a > y/a', '* > y/b'] }],
  },
  {
    name: 'egress to one pod of another namespace',
    pods: 'x/a y/a y/b',
    policies: [policy('x', pod('a'), { egress: [from({ namespaceSelector: namespace('y'), podSelector: pod('a') })] })],
    probes: [{ except: ['x/a > *', 'allow x/a > y/a'] }],
  },
  {
    name: 'any port of one protocol',
    pods: 'x/a y/a',
    policies: [policy('x', pod('a'), { ingress: [on(tcp())] })],
    probes: [
      { protocol: 'TCP', except: [] },
      { protocol: 'UDP', except: ['* > x/a'] },
    ],
  },
  ...(['ingress', 'egress'] as const).map((side) => ({
    name: `a policy that allows all ${side} beside one that allows a port`,
    pods: 'x/a y/a',
    policies: [policy('x', ALL, { [side]: [on(tcp(80))] }), policy('x', ALL, { [side]: [ANYTHING] })],
    probes: [{ port: 81, except: [] }],
  })),
  {
    name: 'no policy any more',
    pods: 'x/a y/a',
    policies: [],
    probes: [{ except: [] }],
  },
  {
    name: 'egress to a block that is one pod',
    pods: 'x/a y/a y/b',
    policies: [policy('x', pod('a'), { egress: [block('10.0.0.3/32')] })],
    probes: [{ except: ['x/a > *', 'allow x/a > y/b'] }],
  },
  {
    name: 'egress to a block except one pod',
    pods: 'x/a x/b x/c',
    policies: [policy('x', pod('a'), { egress: [block('10.0.0.0/8', '10.0.0.2/32')] })],
    probes: [{ except: ['x/a > x/b'] }],
  },
  {
    name: 'an exception of one policy that another allows',
    pods: 'x/a x/b x/c',
    policies: [
      policy('x', pod('a'), { egress: [block('10.0.0.0/8', '10.0.0.2/32')] }),
      policy('x', pod('a'), { egress: [block('10.0.0.2/32')] }),
    ],
    probes: [{ except: [] }],
  },
  {
    name: 'ingress and egress of one pod, each by itself',
    pods: 'x/a x/b y/a',
    policies: [policy('x', pod('a'), { egress: [ANYTHING] }), policy('x', pod('a'), { ingress: [] })],
    probes: [{ except: ['* > x/a'] }],
  },
  {
    name: 'SCTP is not TCP',
    pods: 'x/a y/a',
    policies: [denyIngress, policy('x', pod('a'), { ingress: [on({ protocol: 'SCTP', port: 81 })] })],
    probes: [{ port: 81, except: ['* > x/*'] }],
  },
  {
    name: 'a policy for SCTP isolates from TCP',
    pods: 'x/a y/a',
    policies: [policy('x', pod('a'), { ingress: [on({ protocol: 'SCTP', port: 80 })] })],
    probes: [{ port: 81, except: ['* > x/a'] }],
  },
  {
    name: 'UDP is not TCP',
    pods: 'x/a y/a',
    policies: [policy('x', pod('a'), { ingress: [on({ protocol: 'UDP', port: 81 })] })],
    probes: [
      { port: 81, protocol: 'TCP', except: ['* > x/a'] },
      { port: 81, protocol: 'UDP', except: [] },
    ],
  },
  {
    name: 'egress to all namespaces but one',
    pods: 'x/a x/b y/a z/a',
    policies: [policy('x', pod('a'), { egress: [from({ namespaceSelector: expression(NAME, 'NotIn', 'y') })] })],
    probes: [{ except: ['x/a > y/*'] }],
  },
  {
    name: 'a range of ports',
    pods: 'x/a y/a',
    policies: [policy('x', ALL, { egress: [on({ protocol: 'TCP', port: 81, endPort: 90 })] })],
    probes: [
      { port: 81, except: [] },
      { port: 90, except: [] },
      { port: 80, except: ['x/* > *'] },
      { port: 91, except: ['x/* > *'] },
    ],
  },
  {
    name: 'a label that is there, and one that is not',
    pods: 'x/a x/b y/a',
    labels: { 'x/b': { canary: '' } },
    policies: [
      policy('x', pod('a'), { ingress: [from({ podSelector: expression('canary', 'Exists') })] }),
      policy('x', pod('b'), {
        ingress: [from({ namespaceSelector: ALL, podSelector: expression('canary', 'DoesNotExist') })],
      }),
    ],
    probes: [{ except: ['* > x/a', 'allow x/b > x/a'] }],
  },
];
