import { expect, test } from 'vitest';
import { check } from '#lib/checks/subnet/leaked-enis.ts';
import type { NetworkInterface } from '#lib/model/ec2.ts';
import { aDetachedEni as detachedEni } from '#test/network/worlds.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aNode, aNodeEni, anEni, anInstance, aSnapshot, DENIED } from '#test/scenarios/slices.ts';

type World = NonNullable<Parameters<typeof aSnapshot>[0]>;

const run = (networkInterfaces: readonly NetworkInterface[], over: World = {}, options = {}) =>
  runCheck(
    check,
    aSnapshot({ networkInterfaces: [...networkInterfaces], nodes: [aNode()], instances: [anInstance()], ...over }),
    options,
  );
const judge = (...args: Parameters<typeof run>) => run(...args).findings[0];

const aDetachedEni = (minutes: number, over: Partial<NetworkInterface> = {}) =>
  detachedEni(minutes, { privateIpAddresses: ['10.0.0.99'], ...over });
const OURS = { 'cluster.k8s.amazonaws.com/name': 'shop-prod' };
const ofBlog = { 'cluster.k8s.amazonaws.com/name': 'blog' };
const ofInstance = (instanceId: string) => ({ 'node.k8s.amazonaws.com/instance_id': instanceId });
/** Made by the CNI, which has not stamped it. */
const unstamped = (tags: Readonly<Record<string, string>> = {}) =>
  anEni({
    status: 'available',
    description: 'aws-K8S-i-gone',
    privateIpAddresses: [],
    tags: { ...ofInstance('i-gone'), ...tags },
  });

test.each<[string, readonly NetworkInterface[], string, Record<string, unknown>]>([
  ['no interface at all', [], 'ok', { attributed: 0, unattributed: 0, ageHours: null }],
  ['one attached to a node', [aNodeEni('i-1', 1)], 'ok', { attributed: 0 }],
  ['one tagged for this cluster', [aDetachedEni(120, { tags: OURS })], 'warning', { attributed: 1, ageHours: 2 }],
  ['one of an instance that is a node here', [aDetachedEni(120, { tags: ofInstance('i-1') })], 'warning', { attributed: 1 }],
  ['one of just the age', [aDetachedEni(65, { tags: OURS })], 'ok', { attributed: 0 }],
  ['one just over the age', [aDetachedEni(66, { tags: OURS })], 'warning', { attributed: 1, ageHours: 1.1 }],
  ['one of which nothing tells the cluster', [aDetachedEni(120)], 'warning', { attributed: 0, eniIds: [], unattributed: 1 }],
  ['one of another cluster', [aDetachedEni(120, { tags: ofBlog })], 'ok', { unattributed: 0, otherClusters: { blog: 1 } }],
  [
    'one of an instance of another cluster',
    [aDetachedEni(120, { tags: ofInstance('i-9') })],
    'ok',
    { otherClusters: { blog: 1 } },
  ],
  ['one of an unknown age', [unstamped()], 'unknown', { unjudged: ['eni-1'], unattributed: 0 }],
  ['one of an unknown age, of another cluster', [unstamped(ofBlog)], 'ok', { unjudged: [], otherClusters: {} }],
  [
    'one of an unknown age beside a leaked one',
    [unstamped(), aDetachedEni(99, { tags: OURS })],
    'warning',
    { attributed: 1, unjudged: ['eni-1'] },
  ],
  ['one made by hand', [aDetachedEni(999, { description: 'kept for later' })], 'ok', { attributed: 0, unjudged: [] }],
])('%s is %3$s', (_, interfaces, verdict, evidence) => {
  const instances = [anInstance(), anInstance({ instanceId: 'i-9', tags: { 'eks:cluster-name': 'blog' } })];
  expect(judge(interfaces, { instances })).toMatchObject({ verdict, evidence });
});

test('the evidence counts addresses, prefixes too, and keeps what is attributed apart', () => {
  const result = run([
    aDetachedEni(120, {
      networkInterfaceId: 'eni-a',
      tags: OURS,
      privateIpAddresses: ['10.0.0.30', '10.0.0.31'],
      ipv4Prefixes: ['10.0.0.64/28'],
    }),
    aDetachedEni(600, { networkInterfaceId: 'eni-b', tags: OURS, subnetId: 'subnet-b', privateIpAddresses: ['10.0.1.30'] }),
    aDetachedEni(300, { networkInterfaceId: 'eni-c', privateIpAddresses: ['10.0.0.40', '10.0.0.41', '10.0.0.42'] }),
  ]);
  expect(result.findings).toMatchObject([
    {
      verdict: 'warning',
      resource: { kind: 'cluster', name: 'shop-prod' },
      remediation: 'delete-leaked-enis',
      evidence: {
        eniIds: ['eni-b', 'eni-a'],
        ips: 19,
        ageHours: 10,
        attributed: 2,
        unattributed: 1,
        unattributedEniIds: ['eni-c'],
        unattributedIps: 3,
        unattributedAgeHours: 5,
        ipsBySubnet: { 'subnet-a': 21, 'subnet-b': 1 },
      },
    },
  ]);
  expect(result.findings[0]?.summary).toBe(
    'The subnets that were read have 2 interfaces of this cluster that the VPC CNI made more than 65 minutes ago and that hang on no instance, which keep 19 IPv4 addresses from use, the oldest made 10 h ago; 1 such interface of which nothing tells the cluster, which keep 3 IPv4 addresses from use, the oldest made 5 h ago.',
  );
  expect(result.metrics).toEqual([{ name: 'LeakedEnis', value: 2 }]);
});

test('what cannot be attributed is never in the metric, and a warning by choice only', () => {
  const foreign = [aDetachedEni(120)];
  expect(run(foreign).metrics).toEqual([{ name: 'LeakedEnis', value: 0 }]);
  expect(judge(foreign, {}, { warnOfUnattributed: false })?.verdict).toBe('ok');
});

test('the age and the length of the lists are options', () => {
  const enis = [1, 2, 3].map((at) => aDetachedEni(100 + at, { networkInterfaceId: `eni-${at}`, tags: OURS }));
  expect(judge(enis, {}, { leakedAfterMinutes: 180 })?.verdict).toBe('ok');
  expect(judge(enis, {}, { enisListed: 2 })?.evidence).toMatchObject({ eniIds: ['eni-3', 'eni-2'], attributed: 3 });
});

test('without instances and nodes, tags attribute, and the summary says what is missing', () => {
  const enis = [aDetachedEni(120, { tags: OURS }), aDetachedEni(120, { tags: ofInstance('i-1') })];
  const finding = judge(enis, { nodes: DENIED, instances: DENIED, pods: DENIED });
  expect(finding).toMatchObject({ verdict: 'warning', evidence: { attributed: 1, unattributed: 1 } });
  expect(finding?.summary).toContain('the instances were not read (AccessDenied)');
});
