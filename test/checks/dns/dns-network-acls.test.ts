import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { check } from '#lib/checks/dns/dns-network-acls.ts';
import type { NetworkAcl } from '#lib/model/ec2.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { anAcl, anAclEntry, type AclEntry as Entry, OPEN_ENTRIES, ports } from '#test/network/acls.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aDaemonSet, aPod, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';
import {
  asking,
  coreDns,
  eniA,
  type Given,
  nodeA,
  nodeB,
  nodeCache,
  nodeCacheAgents,
  slicesOf,
  twoSubnets,
} from './two-subnets.ts';

type Options = Partial<z.input<typeof check.options>>;

const entry = anAclEntry;
const OPEN = OPEN_ENTRIES;
const NOTHING: readonly Entry[] = [];
const udp = (from: number, to = from) => ({ protocol: '17', ...ports(from, to) });
const tcp = (from: number, to = from) => ({ protocol: '6', ...ports(from, to) });
const deny = (over: Partial<Entry>) => ({ ruleAction: 'deny', ...over });

/** The ACL of the pods' subnet and that of CoreDNS's. */
const acls = (pods: readonly Entry[] = OPEN, dns: readonly Entry[] = OPEN): NetworkAcl[] => [
  anAcl('acl-a', ['subnet-a'], pods),
  anAcl('acl-b', ['subnet-b'], dns),
];
const world = (networkAcls: NetworkAcl[], over: Given = {}, pods = [asking()]) => twoSubnets(pods, { networkAcls, ...over });
const judge = (given: Given, options: Options = {}) => runCheck(check, aSnapshot(given), options);
const verdictsOf = (given: Given, options: Options = {}): readonly Verdict[] =>
  judge(given, options).findings.map(({ verdict }) => verdict);

describe('from one subnet to another', () => {
  test.each<[string, NetworkAcl[], readonly Verdict[], Options?]>([
    ['default ACLs', acls(), ['ok']],
    ['nothing may leave', acls(NOTHING), ['critical']],
    ['nothing may enter', acls(OPEN, NOTHING), ['critical']],
    ['UDP may not leave', acls([entry(90, true, deny(udp(53))), ...OPEN]), ['critical']],
    ['TCP may not leave', acls([entry(90, true, deny(tcp(53))), ...OPEN]), ['warning']],
    ['UDP may not enter the subnet of CoreDNS', acls(OPEN, [entry(90, false, deny(udp(53))), ...OPEN]), ['critical']],
    ['answers may not leave that subnet', acls(OPEN, [entry(100, true, udp(53)), entry(100, false)]), ['critical']],
    ['answers may not come home', acls([entry(100, true), entry(100, false, udp(53))]), ['critical']],
    ['answers may, to the ports that Linux takes', acls([entry(100, true), entry(100, false, ports(32768, 60999))]), ['ok']],
    [
      'the same, where pods take any port',
      acls([entry(100, true), entry(100, false, udp(32768, 65535)), entry(110, false, tcp(1024, 65535))]),
      ['warning'],
      { ephemeralPorts: 'any' },
    ],
    ['answers to half of the ports are dropped', acls([entry(90, false, deny(udp(50000, 65535))), ...OPEN]), ['warning']],
    ['a deny behind an allow is never asked', acls([...OPEN, entry(110, true, deny({}))]), ['ok']],
    ['another subnet may not', acls([entry(90, true, deny({ cidrBlock: '10.0.3.0/24' })), ...OPEN]), ['ok']],
  ])('%s', (_name, networkAcls, verdicts, options) => {
    expect(verdictsOf(world(networkAcls), options)).toEqual(verdicts);
  });
});

describe('whom it concerns', () => {
  const beside = coreDns({ name: 'coredns-2', nodeName: 'node-a', podIps: ['10.0.1.12'] });
  const neighbour = asking({ name: 'web-2', podIps: ['10.0.1.12'] });
  test.each<[string, Given, readonly Verdict[]]>([
    [
      'pods in the subnet of CoreDNS meet no ACL',
      world(acls(NOTHING, NOTHING), {
        networkInterfaces: [{ ...eniA, subnetId: 'subnet-b' }, ...(twoSubnets().networkInterfaces as []).slice(1)],
      }),
      ['ok'],
    ],
    [
      'pods beside it on a node neither',
      world(acls(NOTHING, NOTHING), { pods: [beside, asking()], endpointSlices: slicesOf(beside) }),
      ['ok'],
    ],
    [
      'one endpoint beside the pods, one behind an ACL',
      world(acls(NOTHING), { pods: [coreDns(), beside, asking()], endpointSlices: slicesOf(coreDns(), beside) }),
      ['warning'],
    ],
    [
      'one pod of a subnet is shut out by its address',
      world(acls(OPEN, [entry(90, false, deny({ cidrBlock: '10.0.1.12/32' })), ...OPEN]), {}, [asking(), neighbour]),
      ['critical'],
    ],
    ['agents of NodeLocal DNSCache need no UDP', cached([entry(90, true, deny(udp(53))), ...OPEN]), ['ok']],
    ['and insist on TCP', cached([entry(90, true, deny(tcp(53))), ...OPEN]), ['critical']],
    [
      'Auto Mode nodes answer themselves',
      world(acls(NOTHING), { nodes: [{ ...nodeA, labels: { 'eks.amazonaws.com/compute-type': 'auto' } }, nodeB] }),
      ['unknown'],
    ],
    ['nobody asks', world(acls(NOTHING), { pods: [coreDns()] }), ['not-applicable']],
    ['no endpoint is ready', world(acls(NOTHING), { endpointSlices: [] }), ['not-applicable']],
  ])('%s', (_name, given, verdicts) => {
    expect(verdictsOf(given)).toEqual(verdicts);
  });

  function cached(entries: readonly Entry[]): Given {
    return world(acls(entries), {
      daemonSets: [awsNode(), nodeCacheAgents],
      pods: [coreDns(), asking(), nodeCache('node-a', '10.0.1.10')],
    });
  }

  test('pods in tunnels', () => {
    const flannel = aDaemonSet({
      name: 'kube-flannel-ds',
      labels: { app: 'flannel' },
      containers: [{ name: 'kube-flannel', image: 'flannel:v0.27', init: false, env: {}, args: [] }],
    });
    const pods = [coreDns({ podIps: ['192.168.0.2'] }), asking({ podIps: ['192.168.1.2'] })];
    expect(verdictsOf(world(acls(NOTHING), { daemonSets: [flannel], pods }))).toEqual(['not-applicable']);
  });

  test('IPv6 has rules of its own', () => {
    const dns = coreDns({ podIps: ['2600:db8:0:2:1::b'] });
    const six = (entries: readonly Entry[]) =>
      world(acls(entries), {
        networkInterfaces: [
          { ...eniA, ipv6Prefixes: ['2600:db8:0:1:1::/80'] },
          {
            ...eniA,
            networkInterfaceId: 'eni-b',
            subnetId: 'subnet-b',
            attachment: { instanceId: 'i-b', deviceIndex: 0, networkCardIndex: 0 },
            ipv6Prefixes: ['2600:db8:0:2:1::/80'],
          },
        ],
        pods: [dns, asking({ podIps: ['2600:db8:0:1:1::b'] })],
        endpointSlices: slicesOf(dns),
      });
    expect(verdictsOf(six(OPEN))).toEqual(['critical']);
    const v6 = [entry(101, true, { ipv6CidrBlock: '::/0' }), entry(101, false, { ipv6CidrBlock: '::/0' })];
    expect(judge(six([...OPEN, ...v6])).findings[0]?.evidence['blockedBy']).toMatch(/acl-b/);
  });
});

describe('what was not read is unknown', () => {
  const old = asking({ name: 'web-9', podIps: ['10.0.9.9'], createdAt: '2026-11-24T02:00:00Z' });
  const young = asking({ ...old, createdAt: '2026-11-24T02:59:00Z' });
  test.each<[string, Given, readonly Verdict[]]>([
    ["the ACL of the pods' subnet", world(acls().slice(1)), ['unknown']],
    ['the interface of CoreDNS', world(acls(), { networkInterfaces: [eniA] }), ['unknown']],
    ['the interface of a pod', world(acls(), {}, [asking(), old]), ['ok', 'unknown']],
    ['the interface of a young pod', world(acls(), {}, [asking(), young]), ['ok']],
    ['that of young pods alone', world(acls(), {}, [young]), ['unknown']],
    ['subnets do not matter', world(acls(), { subnets: DENIED }), ['ok']],
    [
      'an address family that CoreDNS does not share',
      world(acls(), {
        networkInterfaces: [{ ...eniA, ipv6Addresses: ['2600:db8::b'] }],
        pods: [coreDns(), aPod({ ...asking(), podIps: ['2600:db8::b'] })],
      }),
      ['unknown'],
    ],
  ])('%s', (_name, given, verdicts) => {
    expect(verdictsOf(given)).toEqual(verdicts);
  });
});

test('a finding names the ACL, the rule, the direction, and the entry that opens it', () => {
  const [finding] = judge(world(acls([entry(90, true, deny(udp(53))), ...OPEN]))).findings;
  expect(finding).toEqual({
    verdict: 'critical',
    resource: { kind: 'subnet', id: 'subnet-a' },
    summary:
      'Pods in subnet-a (1) miss 1 of 1 CoreDNS endpoints over UDP: blocked by egress of acl-a (rule 90). ' +
      'To open it: acl-a: allow UDP 53 out to 10.0.2.0/24, numbered below 90.',
    evidence: {
      sourceClass: 'pods',
      sourceSubnet: 'subnet-a',
      sourceCidrs: ['10.0.1.0/24'],
      destination: '10.0.2.11:53',
      protocol: 'udp',
      blockedBy: 'egress of acl-a (rule 90)',
      missingEntries: [
        { networkAclId: 'acl-a', direction: 'egress', protocol: 'udp', fromPort: 53, toPort: 53, cidr: '10.0.2.0/24', below: 90 },
      ],
      pods: 1,
      podsBlocked: 1,
      endpoints: 1,
    },
    timeToImpact: 'immediate',
  });
});

test('dropped answers are told by their ports', () => {
  const [finding] = judge(world(acls([entry(90, false, deny(udp(50000, 65535))), ...OPEN]))).findings;
  expect(finding?.summary).toBe(
    'Pods in subnet-a (1) miss, for some of their own ports, 1 of 1 CoreDNS endpoints over UDP: blocked by ingress of acl-a ' +
      '(rule 90, replies to ports 50000-60999). To open it: acl-a: allow UDP 50000-60999 in from 10.0.2.0/24, numbered below 90.',
  );
});
