import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExplainPathOptions } from '#lib/cli/explain-path.ts';
import type { PathDocument } from '#lib/cli/explain-path-document.ts';
import { runExplainPathCommand } from '#lib/cli/run-explain-path.ts';
import { writeSnapshot } from '#lib/cli/snapshot-file.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { startSandbox } from '#lib/sandbox/sandbox.ts';
import { asking, type Given, nodeA, nodeB, twoSubnets } from '#test/checks/dns/two-subnets.ts';
import { aSystem } from '#test/cli/a-system.ts';
import { run } from '#test/cli/run-cniwatch.ts';
import { anAcl } from '#test/network/acls.ts';
import { aPolicy, CALICO, enforcingVpcCni, KUBE_DNS, rule, UDP_53 } from '#test/network/policies.ts';
import { aRule, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cniwatch-path-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const web = asking({ labels: { app: 'web', 'pod-template-hash': '7d4b9c' } });
const db = asking({
  namespace: 'data',
  name: 'db-0',
  labels: { app: 'db' },
  nodeName: 'node-b',
  podIps: ['10.0.2.12'],
  owner: { kind: 'StatefulSet', name: 'db' },
});
const OPEN_ACL = anAcl('acl-1', ['subnet-a', 'subnet-b']);
const OUT = aRule({ groupId: 'sg-nodes', securityGroupRuleId: 'sgr-out' });
const SELF = aRule({
  groupId: 'sg-nodes',
  securityGroupRuleId: 'sgr-self',
  isEgress: false,
  referencedGroup: { groupId: 'sg-nodes' },
});
const world = (over: Given = {}): Given =>
  twoSubnets([web, db], {
    daemonSets: [enforcingVpcCni()],
    networkAcls: [OPEN_ACL],
    securityGroups: [{ groupId: 'sg-nodes', groupName: 'nodes', tags: {} }],
    securityGroupRules: [OUT, SELF],
    namespaces: ['default', 'data', 'kube-system'].map((name) => ({ name, labels: { 'kubernetes.io/metadata.name': name } })),
    services: [
      {
        namespace: 'kube-system',
        name: 'kube-dns',
        labels: {},
        selector: {},
        type: 'ClusterIP',
        clusterIps: ['172.20.0.10'],
        ports: [],
      },
    ],
    ...over,
  });

/** One of the two nodes is of Auto Mode. */
function autoNode(nodeClass: string, name = 'node-a'): Given {
  const labels = { 'eks.amazonaws.com/compute-type': 'auto', 'eks.amazonaws.com/nodeclass': nodeClass };
  return {
    nodes: [nodeA, nodeB].map((node) => (node.name === name ? { ...node, labels } : node)),
    nodeClasses: [{ name: 'strict', networkPolicy: 'DefaultDeny' }],
  };
}

const QUESTION = { from: 'default/web-1', to: 'data/db-0:5432' };
type Asked = Partial<ExplainPathOptions>;

async function explain(given: Given = world(), options: Asked = QUESTION, system = aSystem()) {
  const snapshot = path.join(folder, 'snapshot.json');
  await writeSnapshot(snapshot, aSnapshot(given));
  const code = await runExplainPathCommand({ output: 'text', snapshot, ...options }, system);
  return { code, out: system.out() };
}
const documentOf = async (given?: Given, options: Asked = QUESTION): Promise<PathDocument> =>
  JSON.parse((await explain(given, { ...options, output: 'json' })).out);

async function policyFile(text: string): Promise<string> {
  const file = path.join(folder, 'policy.yaml');
  await writeFile(file, text);
  return file;
}
const manifest = (name: string, namespace: string, spec: string) =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n`;
const DENY = manifest('deny', 'default', '{podSelector: {}, policyTypes: [Egress]}');

test('a line a layer, and what would open it', async () => {
  const given = world({ networkPolicies: [aPolicy()], securityGroupRules: [OUT] });
  expect(await explain(given)).toEqual({
    code: 2,
    out: `default/web-1 (10.0.1.11, on node-a) to data/db-0 (10.0.2.12, on node-b), TCP 5432
BLOCKED by policy egress, SG ingress

  ✗ policy egress   default/web-1 is isolated by NetworkPolicy default/deny, and no egress rule lets
                    it pass
  ✓ SG egress       rule sgr-out of sg-nodes lets it pass
  ✓ ACL out         acl-1 lets it pass
  ✓ ACL back        acl-1 lets it pass
  ✗ SG ingress      no ingress rule of sg-nodes lets it pass
  ✓ policy ingress  no policy isolates data/db-0 for ingress

What would open it
  policy egress  NetworkPolicy of default that selects web-1: egress to pods app=db in namespace
                 data, TCP 5432
  SG ingress     sg-nodes: TCP 5432 in from sg-nodes

shop-prod in eu-west-1, read at 2026-11-24 03:00:00 UTC
`,
  });
});

describe('the exit code and the verdict', () => {
  test.each<[string, Given, Asked, number, string]>([
    ['it passes', {}, {}, 0, 'allowed'],
    ['it is blocked', { securityGroupRules: [] }, {}, 2, 'denied'],
    ['rules were not read', { securityGroupRules: DENIED }, {}, 3, 'unknown'],
    [
      'some replies are dropped',
      {
        networkAcls: [
          {
            ...OPEN_ACL,
            subnetIds: ['subnet-a'],
            entries: [
              ...OPEN_ACL.entries,
              {
                ruleNumber: 90,
                egress: false,
                protocol: '6',
                ruleAction: 'deny',
                cidrBlock: '0.0.0.0/0',
                portRange: { from: 50000, to: 65535 },
              },
            ],
          },
          { ...OPEN_ACL, subnetIds: ['subnet-b'] },
        ],
      },
      {},
      1,
      'in-part',
    ],
    [
      'by the address of a pod, which is that pod',
      { networkPolicies: [aPolicy({ namespace: 'data', ingress: [] })] },
      { to: '10.0.2.12:5432' },
      2,
      'denied',
    ],
    [
      'over UDP',
      { securityGroupRules: [OUT, aRule({ groupId: 'sg-nodes', isEgress: false, ipProtocol: 'udp', fromPort: 53, toPort: 53 })] },
      { to: 'data/db-0:53/udp' },
      0,
      'allowed',
    ],
    ['an address outside the VPC', {}, { to: '1.1.1.1:443' }, 0, 'allowed'],
    ['an IPv6 address', {}, { to: '[2606:4700::1111]:443/TCP' }, 2, 'denied'],
  ])('%s', async (_name, over, asked, code, verdict) => {
    const options = { ...QUESTION, ...asked };
    expect((await explain(world(over), options)).code).toBe(code);
    expect((await documentOf(world(over), options)).path?.verdict).toBe(verdict);
  });
});

describe('what was typed', () => {
  const nodeNamed = asking({ name: 'web-2', podIps: ['10.0.1.12'] });
  test.each<[string, Asked, string]>([
    [
      'a pod that there is not',
      { ...QUESTION, from: 'default/web-2' },
      'shop-prod has no pod "default/web-2": the nearest are default/web-1',
    ],
    ['the name of a workload', { ...QUESTION, to: 'data/db:5432' }, 'shop-prod has no pod "data/db": the nearest are data/db-0'],
    [
      'a namespace without pods',
      { ...QUESTION, from: 'shop/web-1' },
      'shop-prod has no pod "shop/web-1": the nearest are data/db-0, default/web-1',
    ],
    ['no namespace', { ...QUESTION, from: 'web-1' }, '--from "web-1" is not NAMESPACE/POD'],
    ['no port', { ...QUESTION, to: 'data/db-0' }, '--to "data/db-0" is not NAMESPACE/POD:PORT[/PROTOCOL], nor'],
    ['a port too high', { ...QUESTION, to: 'data/db-0:70000' }, '--to "data/db-0:70000" is not'],
    ['a protocol', { ...QUESTION, to: 'data/db-0:80/icmp' }, 'the protocol is TCP or UDP, not icmp'],
    ['an address that is none', { ...QUESTION, to: '10.0.0:80' }, '"10.0.0" is no address'],
    [
      'the address of a Service',
      { ...QUESTION, to: '172.20.0.10:53/UDP' },
      '172.20.0.10 is an address of the Service kube-system/kube-dns: give one of its pods',
    ],
    ['an address of the range of Services', { ...QUESTION, to: '172.20.77.1:80' }, '172.20.77.1 is an address of a Service'],
    ['one end alone', { from: 'default/web-1' }, '--from and --to belong together'],
    ['nothing', {}, 'which path? Give --from POD --to POD:PORT, or --all-dns'],
    ['a cluster beside the Snapshot', { ...QUESTION, cluster: 'shop-prod' }, '--snapshot excludes --cluster'],
    ['a file that there is not', { ...QUESTION, with: '/nowhere.yaml' }, 'the policies /nowhere.yaml cannot be read (ENOENT)'],
  ])('%s', async (_name, options, message) => {
    await expect(explain(world({ pods: [web, db] }), options)).rejects.toThrow(message);
  });

  test('no cluster', async () => {
    await expect(runExplainPathCommand({ output: 'text', ...QUESTION }, aSystem())).rejects.toThrow('which cluster?');
  });
  test('pods were not read', async () => {
    await expect(explain(world({ pods: DENIED }))).rejects.toThrow('the call was denied');
  });
  test('of many pods the nearest five are named', async () => {
    const pods = Array.from({ length: 20 }, (_, at) => ({ ...nodeNamed, name: `api-${at}` }));
    await expect(explain(world({ pods }), { ...QUESTION, from: 'default/api-' })).rejects.toThrow(
      /nearest are (?:default\/api-\d+, ){4}default\/api-\d+$/,
    );
  });
});

describe('policies that are tried', () => {
  test('are judged as if they were applied, beside what is now', async () => {
    const file = await policyFile(DENY);
    const { code, out } = await explain(world(), { ...QUESTION, with: file });
    expect(code).toBe(2);
    expect(out).toContain(`BLOCKED by policy egress (without ${file}: allowed)`);
    expect(out.replace(/\s+/g, ' ')).toContain(`As if ${file} were applied, which adds default/deny.`);
  });
  test('replace those of the same name', async () => {
    const file = await policyFile(manifest('deny', 'default', '{podSelector: {}, policyTypes: [Egress], egress: [{}]}'));
    const document = await documentOf(world({ networkPolicies: [aPolicy()] }), { ...QUESTION, with: file });
    expect(document.with).toEqual({ file, added: [], replaced: ['default/deny'], missingNamespaces: [] });
    expect(document.path).toMatchObject({ before: 'denied', verdict: 'allowed' });
  });
  test('in a namespace that there is not are told', async () => {
    const { out } = await explain(world(), { ...QUESTION, with: await policyFile(manifest('deny', 'shoop', '{}')) });
    expect(out).toContain('The cluster has no namespace shoop: a policy there selects nothing.');
  });
  test('need to know those that stand', async () => {
    const file = await policyFile(DENY);
    await expect(explain(world({ networkPolicies: DENIED }), { ...QUESTION, with: file })).rejects.toThrow('the call was denied');
  });
  test('with errors are refused before anything is read', async () => {
    const file = await policyFile(DENY.replace('Egress', 'egress'));
    await expect(runExplainPathCommand({ output: 'text', allDns: true, with: file }, aSystem())).rejects.toThrow(
      'document 1 (deny): spec.policyTypes.0',
    );
  });
});

describe('--all-dns', () => {
  const affected = async (given: Given, options: Asked) =>
    (await documentOf(given, { allDns: true, ...options })).dns?.affected.map(
      ({ namespace, kind, name, before, state }) => `${namespace}/${kind} ${name}: ${before} -> ${state}`,
    );
  test('lists nobody where nobody is cut off', async () => {
    const { code, out } = await explain(world(), { allDns: true });
    expect(code).toBe(0);
    expect(out).toContain('0 of 2 workloads that ask for names are cut off.');
  });
  test('lists who is cut off now', async () => {
    expect(await affected(world({ networkPolicies: [aPolicy()] }), {})).toEqual(['default/Deployment web: null -> cut-off']);
  });
  test('lists whom a change cuts off, and whom it gives DNS back', async () => {
    const given = world({ networkPolicies: [aPolicy({ namespace: 'data' })] });
    const file = await policyFile(`${DENY}---\n${manifest('deny', 'data', '{policyTypes: [Egress], egress: [{}]}')}`);
    expect(await affected(given, { with: file })).toEqual([
      'default/Deployment web: reached -> cut-off',
      'data/StatefulSet db: cut-off -> reached',
    ]);
    expect(await explain(given, { allDns: true, with: file })).toMatchObject({
      code: 2,
      out: expect.stringContaining('1 of 2 workloads that ask for names is cut off, 1 of them by the change.'),
    });
  });
  test.each<[string, Given, number, string]>([
    ['UDP alone is DNS in part', { networkPolicies: [aPolicy({ egress: [rule([KUBE_DNS], UDP_53)] })] }, 1, 'in-part'],
    [
      'a policy that is not evaluated',
      {
        daemonSets: [CALICO],
        policyResources: [
          {
            apiVersion: 'crd.projectcalico.org/v1',
            kind: 'GlobalNetworkPolicy',
            name: 'x',
            labels: {},
            spec: { selector: "app == 'web'", types: ['Egress'] },
          },
        ],
      },
      3,
      'unknown',
    ],
    ['policies were not read', { networkPolicies: DENIED }, 3, 'unknown'],
    ['the NodeClass of its Auto Mode node denies by default', autoNode('strict'), 3, 'unknown'],
    ['that of CoreDNS does', autoNode('strict', 'node-b'), 2, 'cut-off'],
    ['no CoreDNS pod is ready', { endpointSlices: [] }, 3, 'unknown'],
    ['nobody enforces policies', { daemonSets: [awsNode()], networkPolicies: [aPolicy()] }, 0, 'cut-off'],
  ])('%s', async (_name, over, code, state) => {
    expect((await explain(world(over), { allDns: true })).code).toBe(code);
    expect((await affected(world(over), {}))?.[0]).toMatch(new RegExp(`-> ${state}$`));
  });
  test('says where nobody enforces what it lists', async () => {
    const { out } = await explain(world({ daemonSets: [awsNode()], networkPolicies: [aPolicy()] }), { allDns: true });
    expect(out).toContain('1 of 2 workloads that ask for names would be cut off.');
    expect(out).toContain('Nobody enforces network policies in this cluster: none of this happens.');
  });
});

describe('on a terminal', () => {
  const shut = world({ networkPolicies: [aPolicy()], networkAcls: [], securityGroupRules: [] });
  const both = { ...QUESTION, allDns: true } as const;
  test('colours say nothing that the text does not', async () => {
    const onTerminal = await explain(shut, both, aSystem({ tty: true }));
    expect(onTerminal.out).toContain('\u001b[31m✗');
    const words = (text: string) => stripVTControlCharacters(text).replace(/\s+/g, ' ');
    expect(words(onTerminal.out)).toBe(words((await explain(shut, both)).out));
  });
  test('NO_COLOR is obeyed', async () => {
    expect((await explain(shut, both, aSystem({ tty: true, env: { NO_COLOR: '1' } }))).out).not.toContain('\u001b');
  });
  test('lines fit 80 columns', async () => {
    const { out } = await explain(shut, both, aSystem({ tty: true }));
    expect(
      stripVTControlCharacters(out)
        .split('\n')
        .filter((line) => [...line].length > 80),
    ).toEqual([]);
  });
  test('no name reaches it as a control', async () => {
    const odd = { ...web, labels: { app: '\u001b[2Jx' }, nodeName: 'node-a' };
    const { out } = await explain(world({ pods: [odd, db], networkPolicies: [aPolicy({ namespace: 'data', ingress: [] })] }));
    expect([...out].filter((character) => character !== '\n' && character < ' ')).toEqual([]);
  });
});

test('live, by the command line, in the embedded fleet', async () => {
  const sandbox = await startSandbox(embeddedFleet(new Date()));
  try {
    const argv = ['explain', 'path', '--all-dns', '--cluster', 'shop-prod', '--output', 'json'];
    const { code, out } = await run(argv, sandbox.environment);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ path: null, dns: { affected: [] } });
  } finally {
    await sandbox.close();
  }
});
