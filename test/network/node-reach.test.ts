import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SecurityGroupRule } from '#lib/model/ec2.ts';
import { parseAddress } from '#lib/network/address.ts';
import { nodeReach } from '#lib/network/node-reach.ts';
import { decideTraffic } from '#lib/network/security-group-decision.ts';
import { compileGroups } from '#lib/network/security-groups.ts';
import { aNode, anEni, aRule } from '#test/scenarios/slices.ts';

const VXLAN = { protocol: 'udp', port: 8472 } as const;
const group = (groupId: string) => ({ groupId, groupName: groupId, tags: {} });
const ingress = (over: Partial<SecurityGroupRule>) =>
  aRule({ isEgress: false, ipProtocol: 'udp', fromPort: 8472, toPort: 8472, ...over });

/** Nodes `n0`, `n1`, ... at 10.0.0.0 and on, with these groups. */
function world(groupsOfNodes: readonly string[], rules: readonly SecurityGroupRule[]) {
  const nodes = groupsOfNodes.map((_, at) => aNode({ name: `n${at}`, internalIps: [`10.0.0.${at}`] }));
  const networkInterfaces = groupsOfNodes.map((id, at) =>
    anEni({ networkInterfaceId: `eni-${at}`, privateIpAddresses: [`10.0.0.${at}`], groups: [id] }),
  );
  const securityGroups = ['a', 'b'].map(group);
  const egress = ['a', 'b'].map((groupId) => aRule({ groupId }));
  return { nodes, network: { networkInterfaces, securityGroups, securityGroupRules: [...egress, ...rules], prefixLists: [] } };
}

const own = (groupId: string) => ingress({ groupId, referencedGroup: { groupId } });

describe('what nodes can send one another', () => {
  test.each<[string, readonly string[], readonly SecurityGroupRule[], readonly string[]]>([
    ['one group that lets itself in', ['a', 'a'], [own('a')], []],
    ['one group that does not', ['a', 'a'], [], ['n0,n1>n0,n1']],
    ['one node alone sends to nobody', ['a'], [], []],
    ['another port', ['a', 'a'], [ingress({ groupId: 'a', fromPort: 4789, toPort: 4789 })], ['n0,n1>n0,n1']],
    ['TCP is not UDP', ['a', 'a'], [ingress({ groupId: 'a', ipProtocol: 'tcp' })], ['n0,n1>n0,n1']],
    ['two groups that know only themselves', ['a', 'b'], [own('a'), own('b')], ['n0>n1', 'n1>n0']],
    ['one way', ['a', 'b'], [ingress({ groupId: 'b', referencedGroup: { groupId: 'a' } })], ['n1>n0']],
    [
      'a CIDR that tells nodes of one group apart',
      ['a', 'a', 'a'],
      [ingress({ groupId: 'a', cidrIpv4: '10.0.0.0/31' })],
      ['n2>n0,n1'],
    ],
  ])('%s', (_name, groupsOfNodes, rules, expected) => {
    const { nodes, network } = world(groupsOfNodes, rules);
    const { blocked } = nodeReach(nodes, network, VXLAN);
    expect(blocked.map(({ from, to }) => `${from.nodes}>${to.nodes}`)).toEqual(expected);
  });

  test('a node whose interface cannot be seen is not known', () => {
    const { nodes, network } = world(['a', 'a'], [own('a')]);
    const { blocked, unknown } = nodeReach([...nodes, aNode({ name: 'far', internalIps: ['192.168.0.1'] })], network, VXLAN);
    expect([blocked, unknown.map(({ from, to }) => `${from.nodes}>${to.nodes}`)]).toEqual([[], ['n0,n1>far', 'far>n0,n1']]);
  });

  test('nodes of one subnet do without what is needed across subnets alone', () => {
    const { nodes, network } = world(['a', 'a', 'a'], []);
    const networkInterfaces = network.networkInterfaces.map((eni, at) => ({
      ...eni,
      subnetId: at === 2 ? 'subnet-b' : 'subnet-a',
    }));
    const { blocked } = nodeReach(nodes, { ...network, networkInterfaces }, VXLAN, true);
    expect(blocked.map(({ from, to }) => `${from.nodes}>${to.nodes}`)).toEqual(['n0,n1>n2', 'n2>n0,n1']);
  });

  test.each([
    ['4', 0],
    ['-1', 0],
    ['udp', 1],
    ['tcp', 1],
  ])('IP-in-IP passes by rules of its own protocol, or of all: %s', (ipProtocol, gaps) => {
    const { nodes, network } = world(['a', 'a'], [ingress({ groupId: 'a', ipProtocol, fromPort: -1, toPort: -1 })]);
    expect(nodeReach(nodes, network, { protocol: 'ipip', port: 0 }).blocked).toHaveLength(gaps);
  });

  test('whatever the rules, against every pair of nodes', () => {
    const rule = fc.record({
      groupId: fc.constantFrom('a', 'b'),
      peer: fc.oneof(
        fc.constantFrom('a', 'b').map((groupId) => ({ referencedGroup: { groupId } })),
        fc
          .record({ at: fc.integer({ min: 0, max: 7 }), length: fc.integer({ min: 29, max: 32 }) })
          .map(({ at, length }) => ({ cidrIpv4: `10.0.0.${at}/${length}` })),
      ),
      port: fc.constantFrom(8472, 53),
    });
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }),
        fc.array(rule, { maxLength: 5 }),
        (groupsOfNodes, given) => {
          const rules = given.map(({ groupId, peer, port }) => ingress({ groupId, fromPort: port, toPort: port, ...peer }));
          const { nodes, network } = world(groupsOfNodes, rules);
          const groups = compileGroups(network.securityGroups, network.securityGroupRules, []);
          const end = (at: number) => ({
            address: parseAddress(`10.0.0.${at}`) ?? 0,
            groups: [groupsOfNodes[at] ?? ''],
            matchedByGroup: true,
          });
          const expected = nodes.flatMap((_, from) =>
            nodes.flatMap((_other, to) =>
              from !== to && decideTraffic(end(from), end(to), VXLAN, groups).verdict === 'deny' ? [`n${from}>n${to}`] : [],
            ),
          );
          const found = nodeReach(nodes, network, VXLAN).blocked.flatMap(({ from, to }) =>
            from.nodes.flatMap((one) => to.nodes.flatMap((other) => (one === other ? [] : [`${one}>${other}`]))),
          );
          expect(found.toSorted()).toEqual(expected.toSorted());
        },
      ),
    );
  });
});
