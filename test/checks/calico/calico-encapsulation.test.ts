import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/calico/calico-encapsulation.ts';
import type { SecurityGroupRule } from '#lib/model/ec2.ts';
import type { CustomResource } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { anObject, aPool } from '#test/network/calico/blocks.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aNode, anEni, aRule, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';
import { calicoNode } from './calico-node.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;

const into = (ipProtocol: string, port = -1): SecurityGroupRule =>
  aRule({ isEgress: false, ipProtocol, fromPort: port, toPort: port, referencedGroup: { groupId: 'sg-cluster' } });
const open = (...rules: readonly SecurityGroupRule[]): Given => ({ securityGroupRules: [aRule(), ...rules] });
const subnets = (...ids: readonly string[]): Given => ({
  networkInterfaces: ids.map((subnetId, at) =>
    anEni({ networkInterfaceId: `eni-${at}`, privateIpAddresses: [`10.0.0.${at}`], subnetId }),
  ),
});

const EC2: Given = {
  nodes: [0, 1].map((at) => aNode({ name: `n${at}`, internalIps: [`10.0.0.${at}`] })),
  securityGroups: [{ groupId: 'sg-cluster', groupName: 'cluster', tags: {} }],
  ...subnets('subnet-a', 'subnet-b'),
  ...open(into('-1')),
};

const judge = (cniResources: readonly CustomResource[], over: Given = {}) =>
  runCheck(check, aSnapshot({ daemonSets: [calicoNode()], cniResources: [...cniResources], ...EC2, ...over }));
const verdictsOf = (...given: Parameters<typeof judge>) =>
  judge(...given).findings.map(({ verdict, resource }) => [verdict, resource.kind === 'cluster' ? 'cluster' : resource.id]);

const pool = (name: string, ipipMode: string, vxlanMode: string, over: object = {}) =>
  aPool(name, '10.244.0.0/16', { ipipMode, vxlanMode, ...over });
const IPIP = pool('pods', 'Always', 'Never');
const VXLAN = pool('pods', 'Never', 'Always');
const felix = (spec: object) => anObject('FelixConfiguration', 'default', spec);

describe('the protocol between nodes', () => {
  test.each<[string, readonly CustomResource[], Given, Verdict]>([
    ['VXLAN, and all is open', [VXLAN], {}, 'ok'],
    ['VXLAN, and its port is open', [VXLAN], open(into('udp', 4789)), 'ok'],
    ['VXLAN, and its port is shut', [VXLAN], open(into('udp', 8472)), 'critical'],
    ['VXLAN on a port that Felix is told', [VXLAN, felix({ vxlanPort: 8472 })], open(into('udp', 8472)), 'ok'],
    ['IP-in-IP, and all is open', [IPIP], {}, 'ok'],
    ['IP-in-IP, and protocol 4 is open', [IPIP], open(into('4')), 'ok'],
    ['IP-in-IP, and TCP and UDP are open', [IPIP], open(into('tcp'), into('udp')), 'critical'],
    [
      'IP-in-IP across subnets, of which there is one',
      [pool('pods', 'CrossSubnet', 'Never')],
      { ...open(), ...subnets('subnet-a', 'subnet-a') },
      'ok',
    ],
    ['IP-in-IP across subnets, of which there are two', [pool('pods', 'CrossSubnet', 'Never')], open(), 'critical'],
    ['no encapsulation', [pool('pods', 'Never', 'Never')], open(), 'ok'],
    ['a pool that is disabled', [pool('pods', 'Always', 'Never', { disabled: true })], open(), 'ok'],
    ['the native API leaves an empty mode', [pool('pods', '', 'Always')], {}, 'ok'],
    ['interfaces not read', [VXLAN], { networkInterfaces: DENIED }, 'unknown'],
    ['rules not read', [VXLAN], { securityGroupRules: DENIED }, 'unknown'],
    ['security groups not read, and nothing is encapsulated', [pool('pods', 'Never', 'Never')], { securityGroups: DENIED }, 'ok'],
    ['a node whose interface is not seen', [VXLAN], subnets('subnet-a'), 'unknown'],
  ])('%s', (_name, resources, over, verdict) => {
    expect(verdictsOf(resources, over)).toEqual([[verdict, 'pods']]);
  });
});

describe('the modes of pools', () => {
  const more = (ipipMode: string, vxlanMode: string, over: object = {}) =>
    pool('more', ipipMode, vxlanMode, { cidr: '10.245.0.0/16', ...over });
  test.each<[string, readonly CustomResource[], readonly Verdict[]]>([
    ['the same', [IPIP, more('Always', 'Never')], ['ok', 'ok']],
    ['the same, across subnets alone', [IPIP, more('CrossSubnet', 'Never')], ['ok', 'ok']],
    ['IP-in-IP and VXLAN', [IPIP, more('Never', 'Always')], ['warning', 'warning']],
    ['IP-in-IP and none', [IPIP, more('Never', 'Never')], ['warning', 'warning']],
    ['another that is disabled', [IPIP, more('Never', 'Always', { disabled: true })], ['ok', 'ok']],
    ['another family', [VXLAN, more('Never', 'Never', { cidr: 'fd00::/64', blockSize: 122 })], ['ok', 'ok']],
    ['both in one', [pool('pods', 'Always', 'Always')], ['critical']],
  ])('%s', (_name, resources, verdicts) => {
    expect(judge(resources).findings.map(({ verdict }) => verdict)).toEqual(verdicts);
  });

  test.each<[string, CustomResource, string, Verdict]>([
    ['IP-in-IP with BGP', IPIP, 'bird', 'ok'],
    ['IP-in-IP without', IPIP, 'vxlan', 'critical'],
    ['IP-in-IP without any', IPIP, 'none', 'critical'],
    ['VXLAN without', VXLAN, 'vxlan', 'ok'],
  ])('%s', (_name, resource, backend, verdict) => {
    const daemonSets = [calicoNode({}, { CALICO_NETWORKING_BACKEND: backend })];
    expect(verdictsOf([resource], { daemonSets })).toEqual([[verdict, 'pods']]);
  });
});

describe('nothing to judge', () => {
  test.each<[string, readonly CustomResource[], Given, readonly (readonly string[])[]]>([
    ['no Calico', [], { daemonSets: [awsNode()] }, [['not-applicable', 'cluster']]],
    ['policies alone', [], { daemonSets: [calicoNode(), awsNode()] }, [['not-applicable', 'cluster']]],
    ['objects were not read', [], { cniResources: DENIED }, [['unknown', 'cluster']]],
    [
      'a pool that cannot be understood',
      [VXLAN, pool('odd', 'Sometimes', 'Never')],
      {},
      [
        ['unknown', 'cluster'],
        ['ok', 'pods'],
      ],
    ],
    [
      'a configuration of Felix that cannot be understood',
      [VXLAN, felix({ vxlanPort: 'x' })],
      {},
      [
        ['unknown', 'cluster'],
        ['ok', 'pods'],
      ],
    ],
  ])('%s', (_name, resources, over, expected) => {
    expect(verdictsOf(resources, over)).toEqual(expected);
  });
});

test('the finding names the rule that is missing', () => {
  expect(judge([IPIP], open()).findings[0]).toMatchObject({
    summary: expect.stringMatching(
      /^Security groups keep IP-in-IP \(IP protocol 4\) from .* pods \(10.244.0.0\/16\) has IP-in-IP/,
    ),
    evidence: {
      cidr: '10.244.0.0/16',
      ipipMode: 'Always',
      traffic: 'IP-in-IP (IP protocol 4)',
      missingRules: [{ direction: 'ingress', groupId: 'sg-cluster', referencedGroupId: 'sg-cluster' }],
    },
    timeToImpact: 'immediate',
  });
});
