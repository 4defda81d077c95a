import { expect, test } from 'vitest';
import { check } from '#lib/checks/subnet/control-plane-subnets.ts';
import type { EksCluster } from '#lib/model/eks.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aCluster, aSnapshot, aSubnet } from '#test/scenarios/slices.ts';

/** Subnets of the cluster as `zone: free addresses, one a subnet`; their ids are `subnet-a0`, `subnet-a1`, `subnet-b0`. */
type Zones = Readonly<Record<string, readonly number[]>>;

const subnetsOf = (zones: Zones) =>
  Object.entries(zones).flatMap(([zone, frees]) =>
    frees.map((availableIpAddressCount, at) =>
      aSubnet({ subnetId: `subnet-${zone}${at}`, availabilityZone: `eu-west-1${zone}`, availableIpAddressCount }),
    ),
  );
const judge = (zones: Zones, cluster: Partial<EksCluster> = {}, options = {}) => {
  const subnets = subnetsOf(zones);
  const subnetIds = subnets.map(({ subnetId }) => subnetId);
  return runCheck(check, aSnapshot({ cluster: aCluster({ subnetIds, ...cluster }), subnets }), options).findings[0];
};

test.each<[string, Zones, string, readonly string[]]>([
  ['two roomy zones', { a: [200], b: [200] }, 'ok', ['eu-west-1a', 'eu-west-1b']],
  ['dedicated /28s with two interfaces each', { a: [9], b: [9] }, 'ok', ['eu-west-1a', 'eu-west-1b']],
  ['six free each', { a: [6], b: [6] }, 'ok', ['eu-west-1a', 'eu-west-1b']],
  ['five free each', { a: [5], b: [5] }, 'warning', ['eu-west-1a', 'eu-west-1b']],
  ['four free in one of two zones', { a: [200], b: [4] }, 'warning', ['eu-west-1a']],
  ['none free in one of three zones', { a: [200], b: [200], c: [0] }, 'warning', ['eu-west-1a', 'eu-west-1b']],
  ['a zone whose subnets have five together', { a: [200], b: [2, 3] }, 'warning', ['eu-west-1a', 'eu-west-1b']],
  ['a full subnet beside a roomy one of its zone', { a: [200], b: [0, 90] }, 'warning', ['eu-west-1a', 'eu-west-1b']],
  ['nothing free anywhere', { a: [0], b: [0] }, 'warning', []],
  ['one zone only', { a: [200, 200] }, 'warning', ['eu-west-1a']],
])('%s: %3$s', (_, zones, verdict, zonesWithRoom) =>
  expect(judge(zones)).toMatchObject({ verdict, evidence: { zonesWithRoom } }),
);

test('the evidence names the subnets, what they have free and which are below the bounds', () => {
  const finding = judge({ a: [200], b: [4, 12] });
  expect(finding).toEqual({
    verdict: 'warning',
    resource: { kind: 'cluster', id: aCluster().arn, name: 'shop-prod' },
    summary:
      '3 subnets of the control plane with 216 free addresses, and 2 zones with the 5 that an update may take; fewer than 6 are free in subnet-b0 (4).',
    evidence: {
      subnets: ['subnet-a0', 'subnet-b0', 'subnet-b1'],
      freeBySubnet: { 'subnet-a0': 200, 'subnet-b0': 4, 'subnet-b1': 12 },
      zonesWithRoom: ['eu-west-1a', 'eu-west-1b'],
      zones: { 'subnet-a0': 'eu-west-1a', 'subnet-b0': 'eu-west-1b', 'subnet-b1': 'eu-west-1b' },
      free: 216,
      missing: [],
      belowMinimum: ['subnet-b0'],
      belowRecommended: ['subnet-b0', 'subnet-b1'],
      healthIssues: [],
    },
    timeToImpact: 'days',
    remediation: 'update-cluster-subnets',
  });
});

const roomy: Zones = { a: [200], b: [200] };
const issue = (code: string, resourceIds: string[] = []) => ({ healthIssues: [{ code, message: 'so it is', resourceIds }] });

test.each<[string, Partial<EksCluster>, string, string]>([
  ['a subnet that is gone', { subnetIds: ['subnet-a0', 'subnet-b0', 'subnet-x'] }, 'warning', 'subnet-x is not in the VPC'],
  [
    'a subnet that is gone while an update is under way',
    { subnetIds: ['subnet-a0', 'subnet-b0', 'subnet-x'], status: 'UPDATING' },
    'critical',
    'subnet-x is not in the VPC',
  ],
  [
    'EKS short of addresses',
    issue('InsufficientFreeAddresses', ['subnet-a0']),
    'critical',
    'InsufficientFreeAddresses subnet-a0',
  ],
  ['EKS missing a subnet', issue('Ec2SubnetNotFound'), 'critical', 'EKS reports Ec2SubnetNotFound'],
  ['an issue of another kind', issue('KmsKeyDisabled'), 'ok', '400 free'],
  ['an IPv6 cluster', { ipFamily: 'ipv6' }, 'ok', '400 free'],
  ['an update under way', { status: 'UPDATING' }, 'ok', 'an update is under way'],
  ['a subnet named twice', { subnetIds: ['subnet-a0', 'subnet-b0', 'subnet-a0'] }, 'ok', '2 subnets'],
  ['no subnets', { subnetIds: [] }, 'unknown', 'EKS named no subnets'],
])('%s: %3$s', (_, cluster, verdict, text) => {
  const finding = judge(roomy, cluster);
  expect(finding?.verdict).toBe(verdict);
  expect(finding?.summary).toContain(text);
});

test('a want of room presses once an update is under way', () => {
  expect(judge({ a: [0], b: [0] }, { status: 'UPDATING' })?.verdict).toBe('critical');
});

test('what EKS reports presses more than an update to come', () => {
  expect(judge(roomy, issue('InsufficientFreeAddresses'))?.timeToImpact).toBe('hours');
  expect(judge({ a: [0], b: [0] })?.timeToImpact).toBe('days');
});

test('the bounds are options, and are met when equalled', () => {
  expect(judge({ a: [8], b: [8] }, {}, { upgradeAddresses: 9 })?.verdict).toBe('warning');
  expect(judge({ a: [8], b: [8] }, {}, { upgradeAddresses: 8, minimumFreePerSubnet: 8 })?.verdict).toBe('ok');
  expect(judge({ a: [8], b: [8] }, {}, { minimumFreePerSubnet: 9 })?.verdict).toBe('warning');
  expect(judge({ a: [8], b: [8] }, {}, { recommendedFreePerSubnet: 8 })?.evidence).toMatchObject({ belowRecommended: [] });
});
