/** Policies of kinds beside networking.k8s.io: evaluated where they say what a NetworkPolicy could, else named where they matter. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CustomResource, LabelSelector, NetworkPolicy, Pod } from '#lib/model/kubernetes.ts';
import { compilePolicies, type PolicyVerdict, type PolicyWorld, policyVerdict } from '#lib/network/policy/network-policies.ts';
import { replaced } from '#test/scenarios/replaced.ts';
import { aPod } from '#test/scenarios/slices.ts';

const NAME = 'kubernetes.io/metadata.name';
const WEB = aPod({ namespace: 'shop', name: 'web', labels: { app: 'web' }, podIps: ['10.0.0.1'], nodeName: 'node-1' });
const DNS = aPod({
  namespace: 'kube-system',
  name: 'coredns',
  labels: { 'k8s-app': 'kube-dns' },
  podIps: ['10.0.0.2'],
  nodeName: 'node-2',
});
const ON_HOST = { ...WEB, name: 'agent', hostNetwork: true };

const resource = (kind: string, spec: unknown, over: Partial<CustomResource> = {}): CustomResource => ({
  apiVersion: 'cilium.io/v2',
  kind,
  namespace: 'shop',
  name: 'some',
  labels: {},
  spec,
  status: undefined,
  ...over,
});
const cilium = (spec: unknown, over?: Partial<CustomResource>) => resource('CiliumNetworkPolicy', spec, over);
const clusterwide = (spec: unknown) => {
  const { namespace: _, ...rest } = resource('CiliumClusterwideNetworkPolicy', spec);
  return rest;
};
const calico = (spec: unknown, over: Partial<CustomResource> = {}) =>
  resource('NetworkPolicy', spec, { apiVersion: 'crd.projectcalico.org/v1', ...over });
const globalCalico = (spec: unknown) => {
  const { namespace: _, ...rest } = calico(spec, { kind: 'GlobalNetworkPolicy' });
  return rest;
};
const admin = (kind: string, spec: object, subject: object = { namespaces: {} }) => {
  const { namespace: _, ...rest } = resource(
    kind,
    { subject, egress: [{}], ...spec },
    { apiVersion: 'policy.networking.k8s.io/v1alpha1' },
  );
  return rest;
};
const application = (spec: unknown) => resource('ApplicationNetworkPolicy', spec, { apiVersion: 'networking.k8s.aws/v1alpha1' });

const isolate = (podSelector: LabelSelector = {}): NetworkPolicy => ({
  namespace: 'shop',
  name: 'np',
  podSelector,
  policyTypes: ['Egress'],
  ingress: [],
  egress: [],
});
const open: NetworkPolicy = { ...isolate(), egress: [{ ports: [], peers: [] }] };

interface Asked extends Partial<PolicyWorld> {
  readonly source?: Pod;
  readonly destination?: Pod;
}

function ask({ source = WEB, destination = DNS, ...world }: Asked): PolicyVerdict {
  const namespaces = ['shop', 'kube-system'].map((name) => ({ name, labels: { [NAME]: name, team: `${name}-team` } }));
  const compiled = compilePolicies({ policies: [], namespaces, resources: [], ...world });
  const end = (pod: Pod) => ({ kind: 'pod', pod }) as const;
  return policyVerdict(compiled, end(source), end(destination), { port: 53, protocol: 'UDP' });
}

const dnsPorts = [{ ports: [{ port: '53', protocol: 'ANY' }] }];
const toDns = { toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s:k8s-app': 'kube-dns' } }] };

describe('a policy that says what a NetworkPolicy could', () => {
  test.each<[string, CustomResource, PolicyVerdict['verdict']]>([
    ['Cilium: DNS allowed', cilium({ endpointSelector: {}, egress: [{ ...toDns, toPorts: dnsPorts }] }), 'allowed'],
    [
      'Cilium: DNS allowed, through the proxy, for every name',
      cilium({
        endpointSelector: {},
        egress: [{ ...toDns, toPorts: [{ ...dnsPorts[0], rules: { dns: [{ matchPattern: '*' }] } }] }],
      }),
      'allowed',
    ],
    [
      'Cilium: another port alone',
      cilium({ endpointSelector: {}, egress: [{ ...toDns, toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }] }] }] }),
      'denied',
    ],
    [
      'Cilium: a range that ends before it',
      cilium({ endpointSelector: {}, egress: [{ toPorts: [{ ports: [{ port: '1', endPort: 52, protocol: 'UDP' }] }] }] }),
      'denied',
    ],
    [
      'Cilium: every port, as 0',
      cilium({ endpointSelector: {}, egress: [{ toPorts: [{ ports: [{ port: '0' }] }] }] }),
      'allowed',
    ],
    ['Cilium: an empty rule allows nobody', cilium({ endpointSelector: {}, egress: [{}] }), 'denied'],
    ['Cilium: no endpoints at all', cilium({ endpointSelector: {}, egress: [{ toEndpoints: [] }] }), 'denied'],
    ['Cilium: any endpoint, of its own namespace', cilium({ endpointSelector: {}, egress: [{ toEndpoints: [{}] }] }), 'denied'],
    [
      'Cilium: a named port that the pod does not have',
      cilium({ endpointSelector: {}, egress: [{ ...toDns, toPorts: [{ ports: [{ port: 'dns' }] }] }] }),
      'denied',
    ],
    ['Cilium: a policy without any direction', cilium({ endpointSelector: {}, description: 'none', labels: [] }), 'allowed'],
    ['Cilium: other pods', cilium({ endpointSelector: { matchLabels: { 'any:app': 'api' } }, egress: [{}] }), 'allowed'],
    ['Cilium: ingress alone', cilium({ endpointSelector: {}, ingress: [{}] }), 'allowed'],
    [
      'Cilium: two rules in one policy',
      cilium(undefined, {
        specs: [
          { endpointSelector: {}, egress: [{}] },
          { endpointSelector: {}, egress: [toDns] },
        ],
      }),
      'allowed',
    ],
    ['Cilium, clusterwide: any endpoint', clusterwide({ endpointSelector: {}, egress: [{ toEndpoints: [{}] }] }), 'allowed'],
    ['Cilium, clusterwide: an empty rule', clusterwide({ endpointSelector: {}, egress: [{}] }), 'denied'],
    [
      'Cilium, clusterwide: an empty rule for another namespace',
      clusterwide({ endpointSelector: { matchLabels: { 'io.kubernetes.pod.namespace': 'web' } }, egress: [{}] }),
      'allowed',
    ],
    [
      'EKS: an application policy that allows DNS',
      application({ policyTypes: ['Egress'], egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }] }),
      'allowed',
    ],
    ['EKS: an application policy that allows nothing', application({ policyTypes: ['Egress'] }), 'denied'],
    [
      'EKS: an application policy that allows names over HTTPS',
      application({ egress: [{ to: [{ domainNames: ['api.example.com'] }], ports: [{ port: 443 }] }] }),
      'denied',
    ],
  ])('%s', (_, policy, verdict) => {
    expect(ask({ resources: [policy] }).verdict).toBe(verdict);
  });

  test('is the reason, by its own kind', () => {
    const policy = cilium({ endpointSelector: {}, egress: [{}] });
    expect(ask({ resources: [policy] })).toEqual({
      verdict: 'denied',
      blockedBy: [{ side: 'egress', isolatedBy: [{ kind: 'CiliumNetworkPolicy', namespace: 'shop', name: 'some' }] }],
    });
  });

  test('adds to NetworkPolicies', () => {
    const policy = cilium({ endpointSelector: {}, egress: [toDns] });
    expect(ask({ policies: [isolate()], resources: [policy] })).toMatchObject({
      verdict: 'allowed',
      egress: { by: 'rule', policy: { kind: 'CiliumNetworkPolicy' }, isolatedBy: [{ name: 'np' }, { name: 'some' }] },
    });
  });
});

const toNames = { endpointSelector: {}, egress: [{ toFQDNs: [{ matchName: 'example.com' }] }] };
const denying = { endpointSelector: {}, egressDeny: [{ toEntities: ['world'] }] };

describe('a policy that is not evaluated', () => {
  test.each<[string, CustomResource, [open: string, isolated: string, allowed: string]]>([
    ['Cilium, which only adds', cilium(toNames), ['unknown', 'unknown', 'allowed']],
    ['Cilium, which denies', cilium(denying), ['unknown', 'unknown', 'unknown']],
    [
      'Cilium, with a name that is not every name',
      cilium({
        endpointSelector: {},
        egress: [{ ...toDns, toPorts: [{ ...dnsPorts[0], rules: { dns: [{ matchName: 'example.com' }] } }] }],
      }),
      ['unknown', 'unknown', 'allowed'],
    ],
    [
      'Cilium, by a label that it makes itself',
      cilium({
        ...denying,
        endpointSelector: { matchLabels: { 'io.cilium.k8s.policy.serviceaccount': 'web' } },
      }),
      ['unknown', 'unknown', 'unknown'],
    ],
    [
      'Cilium, for other pods',
      cilium({ ...denying, endpointSelector: { matchLabels: { app: 'api' } } }),
      ['allowed', 'denied', 'allowed'],
    ],
    ['Cilium, of another namespace', cilium(denying, { namespace: 'web' }), ['allowed', 'denied', 'allowed']],
    ['Cilium, for ingress', cilium({ endpointSelector: {}, ingressDeny: [{}] }), ['allowed', 'denied', 'allowed']],
    ['Cilium, that cannot be read', cilium({ endpointSelector: 'all' }), ['unknown', 'unknown', 'unknown']],
    ['Cilium, for hosts', clusterwide({ nodeSelector: {}, egress: [{}] }), ['allowed', 'denied', 'allowed']],
    ['Calico', calico({ selector: "app == 'web'", types: ['Egress'] }), ['unknown', 'unknown', 'unknown']],
    ['Calico, for other pods', calico({ selector: "app != 'web'", types: ['Egress'] }), ['allowed', 'denied', 'allowed']],
    ['Calico, for ingress, its default', calico({ selector: 'all()' }), ['allowed', 'denied', 'allowed']],
    ['Calico, for egress by its rules', calico({ egress: [{ action: 'Allow' }] }), ['unknown', 'unknown', 'unknown']],
    ['Calico, of another namespace', calico({ types: ['Egress'] }, { namespace: 'web' }), ['allowed', 'denied', 'allowed']],
    [
      'Calico, by the label of the namespace',
      globalCalico({ selector: "projectcalico.org/namespace == 'shop'", types: ['Egress'] }),
      ['unknown', 'unknown', 'unknown'],
    ],
    [
      'Calico, by the service account',
      globalCalico({ selector: "projectcalico.org/serviceaccount == 'x'", types: ['Egress'] }),
      ['unknown', 'unknown', 'unknown'],
    ],
    [
      'Calico, global, for other namespaces',
      globalCalico({ namespaceSelector: "projectcalico.org/name == 'web'", types: ['Egress'] }),
      ['allowed', 'denied', 'allowed'],
    ],
    [
      'Calico, global, in words of a later version',
      globalCalico({ selector: 'app ~ "w.*"', types: ['Egress'] }),
      ['unknown', 'unknown', 'unknown'],
    ],
    [
      'Calico, a mirrored NetworkPolicy',
      calico({ types: ['Egress'] }, { name: 'knp.default.np' }),
      ['allowed', 'denied', 'allowed'],
    ],
    ['Calico, a tier', { ...globalCalico({ order: 1 }), kind: 'Tier' }, ['allowed', 'denied', 'allowed']],
    ['an admin policy', admin('AdminNetworkPolicy', {}), ['unknown', 'unknown', 'unknown']],
    [
      'an admin policy for ingress',
      admin('AdminNetworkPolicy', { egress: [], ingress: [{}] }, { namespaces: { matchLabels: { [NAME]: 'shop' } } }),
      ['allowed', 'denied', 'allowed'],
    ],
    [
      'an admin policy for namespaces by a label',
      admin('AdminNetworkPolicy', {}, { namespaces: { matchLabels: { team: 'web' } } }),
      ['allowed', 'denied', 'allowed'],
    ],
    [
      'an admin policy for these pods',
      admin('AdminNetworkPolicy', {}, { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: 'web' } } } }),
      ['unknown', 'unknown', 'unknown'],
    ],
    ['a baseline policy', admin('BaselineAdminNetworkPolicy', {}), ['unknown', 'denied', 'allowed']],
    ['a cluster policy of the tier Admin', admin('ClusterNetworkPolicy', { tier: 'Admin' }), ['unknown', 'unknown', 'unknown']],
    [
      'a cluster policy of the tier Baseline',
      admin('ClusterNetworkPolicy', { tier: 'Baseline' }),
      ['unknown', 'denied', 'allowed'],
    ],
    [
      'an admin policy that cannot be read',
      admin('AdminNetworkPolicy', {}, { everything: {} }),
      ['unknown', 'unknown', 'unknown'],
    ],
    [
      'EKS, with a field of a later version',
      application({ egress: [], tier: 'x', policyTypes: ['Egress'] }),
      ['unknown', 'unknown', 'allowed'],
    ],
  ])('%s: for an open pod, an isolated one, and one that a NetworkPolicy allows', (_, policy, verdicts) => {
    const worlds: readonly (readonly NetworkPolicy[])[] = [[], [isolate()], [open]];
    expect(worlds.map((policies) => ask({ policies, resources: [policy] }).verdict)).toEqual(verdicts);
  });

  test('is named, with the side it is on', () => {
    expect(ask({ resources: [calico({ types: ['Egress'] })] })).toEqual({
      verdict: 'unknown',
      because: [
        {
          kind: 'policy',
          side: 'egress',
          policy: { kind: 'NetworkPolicy.crd.projectcalico.org', namespace: 'shop', name: 'some' },
          doubt: 'not-evaluated',
        },
      ],
    });
  });

  test('matters nothing where the other side denies', () => {
    const closed = { ...isolate(), namespace: 'kube-system', policyTypes: ['Ingress'] };
    expect(ask({ policies: [closed], resources: [calico({ types: ['Egress'] })] }).verdict).toBe('denied');
  });

  test.each<[string, CustomResource, PolicyVerdict['verdict']]>([
    ['of Cilium for hosts', clusterwide({ nodeSelector: {}, egress: [{}] }), 'unknown'],
    ['of Cilium for endpoints', clusterwide({ ...denying }), 'allowed'],
    ['of Calico, which may have a host endpoint', globalCalico({ types: ['Egress'] }), 'unknown'],
    ['of Calico for pods', calico({ types: ['Egress'] }), 'allowed'],
    ['of an administrator', admin('AdminNetworkPolicy', {}), 'allowed'],
  ])('reaches a pod on the host network where it is one %s: %#', (_, policy, verdict) => {
    expect(ask({ source: ON_HOST, resources: [policy] }).verdict).toBe(verdict);
  });
});

describe('a policy with anything anywhere in it', () => {
  const readable: readonly CustomResource[] = [
    cilium({ endpointSelector: { matchLabels: { app: 'web' } }, egress: [{ ...toDns, toPorts: dnsPorts }], ingress: [{}] }),
    clusterwide({ endpointSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, egressDeny: [{}] }),
    calico({ selector: "app == 'web'", types: ['Egress', 'Ingress'] }),
    globalCalico({ namespaceSelector: 'all()', egress: [{}] }),
    admin('AdminNetworkPolicy', { ingress: [{}] }, { pods: { namespaceSelector: {}, podSelector: {} } }),
    application({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ ports: [{ port: 53 }], to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
    }),
  ];

  test('is judged or named, and never stops the others', () => {
    const steps = fc.array(fc.nat(8), { minLength: 1, maxLength: 6 });
    const property = fc.property(fc.constantFrom(...readable), steps, fc.jsonValue(), (policy, at, by) => {
      const broken = { ...policy, spec: replaced(policy.spec, at, by) };
      const { verdict } = ask({ resources: [broken] });
      expect(['allowed', 'denied', 'unknown']).toContain(verdict);
      const other = { ...WEB, namespace: 'elsewhere' };
      if (policy.namespace !== undefined)
        expect(ask({ source: other, destination: { ...DNS, namespace: 'elsewhere' }, resources: [broken] }).verdict).toBe(
          'allowed',
        );
    });
    fc.assert(property, { numRuns: 1500 });
  });
});
