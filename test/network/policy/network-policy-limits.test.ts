/** Where the API leaves the answer to the plugin, and where something was not read. */
import { describe, expect, test } from 'vitest';
import type { NetworkPolicy, Pod } from '#lib/model/kubernetes.ts';
import { parseAddress } from '#lib/network/address.ts';
import type { PolicyEnd } from '#lib/network/policy/ends.ts';
import { POLICY_ENGINES } from '#lib/network/policy/engines.ts';
import { compilePolicies, type PolicyVerdict, type PolicyWorld, policyVerdict } from '#lib/network/policy/network-policies.ts';
import { aPod } from '#test/scenarios/slices.ts';

type Rule = NetworkPolicy['ingress'][number];

const port = (init: boolean): Pod['containers'][number] => ({
  name: init ? 'sidecar' : 'coredns',
  image: 'c',
  init,
  ready: true,
  restartCount: 0,
  ports: [{ name: 'dns', protocol: 'UDP', containerPort: 53 }],
});
const WEB = aPod({ namespace: 'shop', name: 'web', labels: { app: 'web' }, podIps: ['10.0.0.1'], nodeName: 'node-1' });
const DNS = aPod({
  namespace: 'kube-system',
  name: 'coredns',
  labels: { 'k8s-app': 'kube-dns' },
  podIps: ['10.0.0.2'],
  nodeName: 'node-2',
  containers: [port(false)],
});
const CACHE = aPod({
  namespace: 'kube-system',
  name: 'node-local-dns',
  podIps: ['10.0.1.1'],
  nodeName: 'node-1',
  hostNetwork: true,
});
const FAR_CACHE = { ...CACHE, name: 'node-local-dns-2', nodeName: 'node-3', podIps: ['10.0.1.3'] };

const egress = (...rules: Rule[]): NetworkPolicy => ({
  namespace: 'shop',
  name: 'egress',
  podSelector: {},
  policyTypes: ['Egress'],
  ingress: [],
  egress: rules,
});
const ingress = (...rules: Rule[]): NetworkPolicy => ({
  ...egress(),
  namespace: 'kube-system',
  name: 'ingress',
  policyTypes: ['Ingress'],
  ingress: rules,
});
const anyPod: Rule = { ports: [], peers: [{ namespaceSelector: {} }] };
const block = (cidr: string): Rule => ({ ports: [], peers: [{ ipBlock: { cidr, except: [] } }] });
const ofTeam: Rule = { ports: [], peers: [{ namespaceSelector: { matchLabels: { team: 'dns' } } }] };
const named = (peers: Rule['peers']): Rule => ({ ports: [{ protocol: 'UDP', port: 'dns' }], peers });

type Asked = Partial<PolicyWorld> & { readonly source?: Pod; readonly destination?: Pod | PolicyEnd };

function ask({ source = WEB, destination = DNS, ...world }: Asked): PolicyVerdict {
  const compiled = compilePolicies({ policies: [], namespaces: [], resources: [], ...world });
  const to: PolicyEnd = 'kind' in destination ? destination : { kind: 'pod', pod: destination };
  return policyVerdict(compiled, { kind: 'pod', pod: source }, to, { port: 53, protocol: 'UDP' });
}

const OPEN: PolicyVerdict = { verdict: 'allowed', egress: { by: 'no-policy' }, ingress: { by: 'no-policy' } };
const denied = (side: string, ...isolatedBy: object[]) => ({ verdict: 'denied', blockedBy: [{ side, isolatedBy }] });
const doubt = (side: string, name: string, why: string) => ({
  verdict: 'unknown',
  because: [expect.objectContaining({ side, policy: expect.objectContaining({ name }), doubt: why })],
});
const address = (text: string, nodeName?: string): PolicyEnd => ({
  kind: 'address',
  address: parseAddress(text) ?? 0,
  ...(nodeName === undefined ? {} : { nodeName }),
});

describe('a pod and its surroundings', () => {
  test.each<[string, Asked, object]>([
    ['no policy', {}, OPEN],
    ['itself, under a denial', { destination: WEB, policies: [egress()] }, { verdict: 'allowed', egress: { by: 'loopback' } }],
    [
      'the cache of its node, under a denial',
      { destination: CACHE, policies: [egress()] },
      { verdict: 'allowed', egress: { by: 'own-node' }, ingress: { by: 'host-network' } },
    ],
    [
      'the address of its node, under a denial',
      { destination: address('10.0.1.1', 'node-1'), policies: [egress()] },
      { verdict: 'allowed', egress: { by: 'own-node' }, ingress: { by: 'outside' } },
    ],
    [
      'the cache of another node, under a denial',
      { destination: FAR_CACHE, policies: [egress()] },
      denied('egress', { kind: 'NetworkPolicy', namespace: 'shop', name: 'egress' }),
    ],
    [
      'an address outside, by a block',
      { destination: address('192.0.2.1'), policies: [egress(block('192.0.2.0/24'))] },
      { verdict: 'allowed', egress: { by: 'rule', rule: 0 }, ingress: { by: 'outside' } },
    ],
    [
      'an address outside, by a selector',
      { destination: address('192.0.2.1'), policies: [egress(anyPod)] },
      { verdict: 'denied' },
    ],
    [
      'an address outside, by a named port',
      { destination: address('192.0.2.1'), policies: [egress(named([]))] },
      { verdict: 'denied' },
    ],
    [
      'both ends closed',
      { policies: [egress(), ingress()] },
      { verdict: 'denied', blockedBy: [{ side: 'egress' }, { side: 'ingress' }] },
    ],
  ])('%s', (_, asked, expected) => {
    expect(ask(asked)).toMatchObject(expected);
  });
});

describe('what is left to the plugin', () => {
  const fromHost: Asked = { source: FAR_CACHE, policies: [ingress(anyPod)] };
  const { 'vpc-cni': vpcCni, calico, cilium } = POLICY_ENGINES;
  test.each<[string, Asked, object]>([
    ['a selector and a pod on the host network: nobody knows', fromHost, doubt('ingress', 'ingress', 'host-network')],
    ['the same, by its address', { ...fromHost, policies: [ingress(anyPod, block('10.0.1.0/24'))] }, { verdict: 'allowed' }],
    ['the same, of the VPC CNI', { ...fromHost, engine: vpcCni }, { verdict: 'allowed' }],
    ['the same, of Calico', { ...fromHost, engine: calico }, { verdict: 'denied' }],
    [
      'a block around a pod, of the VPC CNI',
      { policies: [egress(block('10.0.0.0/24'))], engine: vpcCni },
      { verdict: 'allowed' },
    ],
    ['a block around a pod, of Cilium', { policies: [egress(block('10.0.0.0/24'))], engine: cilium }, { verdict: 'denied' }],
    [
      'a block around a pod on the host network, of Cilium',
      { destination: FAR_CACHE, policies: [egress(block('10.0.0.0/8'))], engine: cilium },
      { verdict: 'denied' },
    ],
    [
      'a block around another node, of Cilium',
      { destination: address('10.0.1.3', 'node-3'), policies: [egress(block('10.0.0.0/8'))], engine: cilium },
      { verdict: 'denied' },
    ],
    ['a named port to anybody', { policies: [egress(named([]))] }, { verdict: 'allowed' }],
    ['a named port to anybody, of the VPC CNI', { policies: [egress(named([]))], engine: vpcCni }, { verdict: 'denied' }],
    [
      'a named port to selected pods, of the VPC CNI',
      { policies: [egress(named([{ namespaceSelector: {} }]))], engine: vpcCni },
      { verdict: 'allowed' },
    ],
    [
      'a named port of an init container',
      { destination: { ...DNS, containers: [port(true)] }, policies: [egress(named([]))] },
      doubt('egress', 'egress', 'init-container-port'),
    ],
    [
      'a named port of an init container and of a container',
      { destination: { ...DNS, containers: [port(true), port(false)] }, policies: [egress(named([]))] },
      { verdict: 'allowed' },
    ],
    [
      'the strict mode, where no policy selects the pods',
      { enforcement: () => 'denied-until-selected' },
      {
        verdict: 'denied',
        blockedBy: [
          { side: 'egress', isolatedBy: [] },
          { side: 'ingress', isolatedBy: [] },
        ],
      },
    ],
    [
      'the strict mode, where policies of the other direction select them',
      {
        enforcement: () => 'denied-until-selected',
        policies: [{ ...ingress({ ports: [], peers: [] }), namespace: 'shop' }, ingress({ ports: [], peers: [] })],
      },
      { verdict: 'allowed', egress: { by: 'no-policy' } },
    ],
    [
      'the strict mode and the host network',
      { enforcement: () => 'denied-until-selected', source: CACHE, destination: FAR_CACHE },
      { verdict: 'allowed' },
    ],
    [
      'pods that the plugin may not reach, closed',
      { enforcement: () => 'uncertain', policies: [egress()] },
      doubt('egress', 'egress', 'enforcement'),
    ],
    [
      'pods that the plugin may not reach, open',
      { enforcement: () => 'uncertain', policies: [egress(anyPod)] },
      { verdict: 'allowed' },
    ],
    [
      'pods that the plugin does not reach',
      { enforcement: () => 'none', policies: [egress(), ingress()] },
      { verdict: 'allowed', egress: { by: 'not-enforced' } },
    ],
  ])('%s', (_, asked, expected) => {
    expect(ask(asked)).toMatchObject(expected);
  });
});

describe('what was not read', () => {
  const strange = { matchExpressions: [{ key: 'app', operator: 'Near', values: ['web'] }] };
  test.each<[string, Asked, object]>([
    [
      'NetworkPolicies',
      { policies: undefined },
      { verdict: 'unknown', because: expect.arrayContaining([{ kind: 'unread', slice: 'networkPolicies' }]) },
    ],
    ['NetworkPolicies, between hosts', { policies: undefined, source: CACHE, destination: FAR_CACHE }, { verdict: 'allowed' }],
    [
      'policies of other kinds',
      { resources: undefined },
      { verdict: 'unknown', because: expect.arrayContaining([{ kind: 'unread', slice: 'policyResources' }]) },
    ],
    [
      'one kind of the others',
      { unreadKinds: ['CiliumNetworkPolicy'] },
      {
        verdict: 'unknown',
        because: expect.arrayContaining([{ kind: 'unread', slice: 'policyResources', kinds: ['CiliumNetworkPolicy'] }]),
      },
    ],
    [
      'namespaces, where a label of them decides',
      { namespaces: undefined, policies: [egress(ofTeam)] },
      doubt('egress', 'egress', 'namespace-labels'),
    ],
    [
      'a namespace younger than the list',
      { namespaces: [{ name: 'shop', labels: {} }], policies: [egress(ofTeam)] },
      doubt('egress', 'egress', 'namespace-labels'),
    ],
    [
      'namespaces, where another rule allows',
      { namespaces: undefined, policies: [egress(ofTeam, anyPod)] },
      { verdict: 'allowed' },
    ],
    [
      'namespaces, where their names decide',
      {
        namespaces: undefined,
        policies: [
          egress({
            ports: [],
            peers: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
          }),
        ],
      },
      { verdict: 'allowed' },
    ],
    [
      'an operator of the pods that a policy selects',
      { policies: [{ ...egress(), podSelector: strange }] },
      doubt('egress', 'egress', 'unreadable'),
    ],
    [
      'the same, in the strict mode',
      {
        policies: [{ ...ingress(), namespace: 'shop', podSelector: strange }],
        enforcement: () => 'denied-until-selected',
        destination: address('192.0.2.1'),
      },
      doubt('egress', 'ingress', 'unreadable'),
    ],
    [
      'an operator of a peer',
      { policies: [egress({ ports: [], peers: [{ podSelector: strange, namespaceSelector: {} }] })] },
      doubt('egress', 'egress', 'unreadable'),
    ],
    [
      'an operator of a peer, for another port',
      { policies: [egress({ ports: [{ protocol: 'TCP', port: 1 }], peers: [{ podSelector: strange, namespaceSelector: {} }] })] },
      { verdict: 'denied' },
    ],
    ['a block that is no CIDR', { policies: [egress(block('10.0.0.0'))] }, doubt('egress', 'egress', 'unreadable')],
    [
      'an exception that is no CIDR',
      { policies: [egress({ ports: [], peers: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['x'] } }] })] },
      doubt('egress', 'egress', 'unreadable'),
    ],
    ['a peer of a kind that is new', { policies: [egress({ ports: [], peers: [{}] })] }, doubt('egress', 'egress', 'unreadable')],
    [
      'the address of a pod that has none yet',
      { destination: { ...DNS, podIps: [] }, policies: [egress(block('10.0.0.0/8'))] },
      doubt('egress', 'egress', 'no-address'),
    ],
  ])('%s', (_, asked, expected) => {
    expect(ask(asked)).toMatchObject(expected);
  });
});
