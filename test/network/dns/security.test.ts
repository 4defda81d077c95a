import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SecurityGroupRule } from '#lib/model/ec2.ts';
import { parseAddress } from '#lib/network/address.ts';
import { reachOf } from '#lib/network/dns/reachability.ts';
import { type DnsSecurity, type DnsWorld, dnsSecurity } from '#lib/network/dns/security.ts';
import { decideTraffic } from '#lib/network/security-group-decision.ts';
import { compileGroups, type TransportProtocol } from '#lib/network/security-groups.ts';
import { aNode, aNodeEni, anEndpointSlice, aPod, aRule, aSubnet, awsNode } from '#test/scenarios/slices.ts';

const ASSUMPTIONS = { groupsCoverPrefixes: true, settledBefore: '2026-11-24T00:00:00Z' };
const NODES = ['a', 'b', 'c'] as const;
const SUBNETS = { a: '10.0.1', b: '10.0.2', c: '10.0.2' } as const;
const GROUPS = ['sg-a', 'sg-b', 'sg-c'] as const;

const peer = fc.oneof(
  fc.constantFrom(...GROUPS).map((groupId) => ({ referencedGroup: { groupId } })),
  fc
    .record({ subnet: fc.constantFrom('10.0.1', '10.0.2'), last: fc.nat(15), bits: fc.integer({ min: 26, max: 32 }) })
    .map(({ subnet, last, bits }) => ({ cidrIpv4: `${subnet}.${last}/${bits}` })),
);
const rule = fc
  .record({ groupId: fc.constantFrom(...GROUPS), isEgress: fc.boolean(), ipProtocol: fc.constantFrom('-1', 'udp', 'tcp'), peer })
  .map(({ peer: of, ...rest }): SecurityGroupRule => ({ ...aRule({ ...of, ...rest }) }));
/** Pods by the last byte of their address, on some node; the first `dns` of them are CoreDNS. */
const placement = fc.record({ last: fc.nat(15), node: fc.constantFrom(...NODES) });
const world = fc.record({
  rules: fc.array(rule, { maxLength: 10 }),
  groups: fc.record({
    a: fc.subarray([...GROUPS], { minLength: 1 }),
    b: fc.subarray([...GROUPS], { minLength: 1 }),
    c: fc.subarray([...GROUPS], { minLength: 1 }),
  }),
  pods: fc.uniqueArray(placement, { selector: ({ last, node }) => `${SUBNETS[node]}.${last}`, minLength: 1, maxLength: 14 }),
  dns: fc.integer({ min: 1, max: 3 }),
});

type Drawn = Parameters<Parameters<typeof world.map>[0]>[0];
type Placed = Drawn['pods'][number];

const address = ({ last, node }: Placed): string => `${SUBNETS[node]}.${last}`;
const securityGroups = GROUPS.map((groupId) => ({ groupId, groupName: groupId, tags: {} }));

function dnsWorld({ rules, groups, pods, dns }: Drawn): DnsWorld {
  const server = (pod: Placed) => ({ addresses: [address(pod)], ready: true, nodeName: pod.node });
  const addressesOn = (name: string) => pods.filter(({ node }) => node === name).map(address);
  return {
    nodes: NODES.map((name) => aNode({ name, instanceId: name })),
    pods: pods.slice(dns).map((pod, at) => aPod({ name: `web-${at}`, nodeName: pod.node, podIps: [address(pod)] })),
    daemonSets: [awsNode()],
    endpointSlices: [anEndpointSlice({ endpoints: pods.slice(0, dns).map(server) })],
    networkInterfaces: NODES.map((name) =>
      aNodeEni(name, 0, { subnetId: SUBNETS[name], privateIpAddresses: addressesOn(name), groups: groups[name] }),
    ),
    securityGroups,
    securityGroupRules: rules,
    prefixLists: [],
    subnets: ['10.0.1', '10.0.2'].map((subnetId) => aSubnet({ subnetId, cidrBlock: `${subnetId}.0/28` })),
  };
}

/** The slow, obvious version: every pod by itself. */
function slowCutOff({ rules, groups, pods, dns }: Drawn, protocol: TransportProtocol): number {
  const compiled = compileGroups(securityGroups, rules, []);
  const end = (pod: Placed) => ({ address: parseAddress(address(pod)) ?? 0, groups: groups[pod.node], matchedByGroup: true });
  const reaches = (client: Placed, server: Placed) =>
    client.node === server.node || decideTraffic(end(client), end(server), { protocol, port: 53 }, compiled).verdict === 'allow';
  return pods.slice(dns).filter((client) => !pods.slice(0, dns).some((server) => reaches(client, server))).length;
}

function cutOff({ classes }: DnsSecurity, protocol: TransportProtocol): number {
  let pods = 0;
  for (const { source, paths } of classes) {
    for (const member of source.members) {
      const ways = paths.filter((path) => path.member === member && path.protocol === protocol);
      if (reachOf(ways) === 'none') pods += member.pods;
    }
  }
  return pods;
}

test('judging classes of pods finds the same pods cut off as judging every pod by itself', () => {
  fc.assert(
    fc.property(world, (drawn) => {
      const security = dnsSecurity(dnsWorld(drawn), ASSUMPTIONS);
      for (const protocol of ['udp', 'tcp'] as const) expect(cutOff(security, protocol)).toBe(slowCutOff(drawn, protocol));
      expect(security.unseen.size).toBe(0);
      const judged = security.classes.reduce((sum, { source }) => sum + source.pods, 0);
      expect(judged).toBe(Math.max(0, drawn.pods.length - drawn.dns));
    }),
    { numRuns: 1000 },
  );
});

test('adding the missing rules of every class opens every path that was shut', () => {
  fc.assert(
    fc.property(world, (drawn) => {
      const { classes } = dnsSecurity(dnsWorld(drawn), ASSUMPTIONS);
      const added = classes
        .flatMap(({ missing }) => missing)
        .flatMap(({ groupId, direction, protocols, fromPort, toPort, referencedGroupId = '' }) => {
          const isEgress = direction === 'egress';
          const referencedGroup = { groupId: referencedGroupId };
          return protocols.map((ipProtocol) => aRule({ groupId, isEgress, ipProtocol, fromPort, toPort, referencedGroup }));
        });
      const after = dnsSecurity(dnsWorld({ ...drawn, rules: [...drawn.rules, ...added] }), ASSUMPTIONS);
      expect(after.classes.flatMap(({ paths }) => paths).filter(({ verdict }) => verdict !== 'allow')).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
