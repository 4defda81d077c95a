import { describe, expect, test } from 'vitest';
import { parsePolicies } from '#lib/cli/policy-file.ts';

const policy = (spec: string, metadata = 'name: web') =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  ${metadata}\nspec:\n${spec.replace(/^/gm, '  ')}\n`;
const parse = (text: string) => parsePolicies(text, 'policy.yaml');
const egressTo = (peer: string, ports = '') => policy(`podSelector: {}\negress:\n- to:\n  - ${peer}\n${ports}`);

describe('what is left out is as the API server has it', () => {
  test.each<[string, string, object]>([
    [
      'no policyTypes and no egress: Ingress alone',
      'podSelector: {}',
      { namespace: 'default', name: 'web', podSelector: {}, policyTypes: ['Ingress'], ingress: [], egress: [] },
    ],
    [
      'egress rules without policyTypes: both',
      'egress: [{}]',
      { policyTypes: ['Ingress', 'Egress'], egress: [{ ports: [], peers: [] }] },
    ],
    ['policyTypes that are given count', 'policyTypes: [Egress]', { policyTypes: ['Egress'] }],
    [
      'a port is of TCP',
      'ingress:\n- ports:\n  - port: 80',
      { ingress: [{ ports: [{ protocol: 'TCP', port: 80 }], peers: [] }] },
    ],
    [
      'null is as if it were not there',
      'podSelector:\negress:\n- to:\n  ports:',
      { podSelector: {}, egress: [{ ports: [], peers: [] }] },
    ],
    [
      'an ipBlock without except',
      'ingress:\n- from:\n  - ipBlock: {cidr: 10.0.0.0/8}',
      { ingress: [{ ports: [], peers: [{ ipBlock: { cidr: '10.0.0.0/8', except: [] } }] }] },
    ],
  ])('%s', (_name, spec, expected) => {
    expect(parse(policy(spec))).toEqual([expect.objectContaining(expected)]);
  });
});

describe('one file, several policies', () => {
  const [a, b] = [policy('podSelector: {}', 'name: a'), policy('podSelector: {}', '{name: b, namespace: shop, labels: {x: y}}')];
  const names = (text: string) => parse(text).map(({ namespace, name }) => `${namespace}/${name}`);
  const list = (kind: string, apiVersion: string) =>
    JSON.stringify({
      kind,
      apiVersion,
      items: ['a', 'b'].map((name) => ({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name },
        spec: {},
      })),
    });
  test.each<[string, string, readonly string[]]>([
    ['documents', `${a}---\n${b}`, ['default/a', 'shop/b']],
    ['an empty document among them', `---\n# nothing\n---\n${a}---\n`, ['default/a']],
    ['a List, as kubectl prints it', list('List', 'v1'), ['default/a', 'default/b']],
    ['a NetworkPolicyList', list('NetworkPolicyList', 'networking.k8s.io/v1'), ['default/a', 'default/b']],
  ])('%s', (_name, text, expected) => {
    expect(names(text)).toEqual(expected);
  });
});

describe('errors name the line, the document and the field', () => {
  test.each<[string, string, string]>([
    [
      'an unknown field',
      policy('podSelektor: {}'),
      'policy.yaml:6:3: document 1 (web): unknown key "podSelektor" in spec: did you mean "podSelector"?',
    ],
    ['a direction', policy('policyTypes: [Outgress]'), 'document 1 (web): spec.policyTypes.0: invalid option'],
    [
      'a protocol',
      policy('egress:\n- ports:\n  - {protocol: udp, port: 53}'),
      'policy.yaml:8:18: document 1 (web): spec.egress.0.ports.0.protocol: invalid option',
    ],
    ['a port', policy('egress:\n- ports:\n  - port: 70000'), 'spec.egress.0.ports.0.port: it must be a number from 1 to 65535'],
    [
      'a name of a port',
      policy('egress:\n- ports:\n  - port: "53"'),
      'spec.egress.0.ports.0.port: it must be a number from 1 to 65535',
    ],
    [
      'an end below its port',
      policy('egress:\n- ports:\n  - {port: 90, endPort: 80}'),
      'spec.egress.0.ports.0.endPort: endPort needs a port',
    ],
    [
      'an end without a number',
      policy('egress:\n- ports:\n  - {port: web, endPort: 80}'),
      'endPort needs a port that is a number',
    ],
    ['an empty peer', egressTo('{}'), 'spec.egress.0.to.0: a peer needs a podSelector'],
    ['a peer of two kinds', egressTo('{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}'), 'an ipBlock excludes selectors'],
    ['a CIDR', egressTo('{ipBlock: {cidr: 10.0.0.0}}'), 'spec.egress.0.to.0.ipBlock.cidr: it is no CIDR'],
    [
      'an exception outside',
      egressTo('{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}'),
      'ipBlock.except: each of these must lie inside',
    ],
    [
      'an exception of the whole',
      egressTo('{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}'),
      'ipBlock.except: each of these must lie inside',
    ],
    [
      'an operator',
      policy('podSelector: {matchExpressions: [{key: a, operator: Is}]}'),
      'spec.podSelector.matchExpressions.0.operator: invalid option',
    ],
    [
      'an operator without values',
      policy('podSelector: {matchExpressions: [{key: a, operator: In}]}'),
      'the operators In and NotIn need values',
    ],
    [
      'values that have no use',
      policy('podSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}'),
      'Exists and DoesNotExist take none',
    ],
    ['no name', policy('podSelector: {}', 'namespace: shop'), 'document 1: metadata.name: invalid input'],
    [
      'another kind',
      'apiVersion: apps/v1\nkind: Deployment\n',
      'document 1 is a Deployment of apps/v1, and only NetworkPolicies',
    ],
    ['no object', '- 1\n', 'document 1 is no object of Kubernetes'],
    [
      'the second document',
      `${policy('podSelector: {}')}---\n${policy('egres: []', 'name: b')}`,
      'policy.yaml:13:3: document 2 (b): unknown key "egres" in spec: did you mean "egress"?',
    ],
    [
      'an item of a List',
      'kind: List\nitems:\n- kind: Pod\n  apiVersion: v1\n',
      'policy.yaml:3:3: document 1, item 1 is a Pod of v1',
    ],
    [
      'the same policy twice',
      `${policy('podSelector: {}')}---\n${policy('podSelector: {}')}`,
      'NetworkPolicy default/web stands there twice',
    ],
    ['no YAML', 'a: [\n', 'policy.yaml:2:1: document 1 is not valid YAML'],
    ['an alias that names nothing', 'kind: *x\n', 'document 1 is not'],
    ['no policy at all', '# nothing\n', 'policy.yaml holds no NetworkPolicy'],
  ])('%s', (_name, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  test('all of them at once', () => {
    expect(() => parse(policy('podSelektor: {}\negress:\n- ports:\n  - port: 0'))).toThrow(
      /podSelektor[\s\S]*egress\.0|egress\.0[\s\S]*podSelektor/,
    );
  });
});
