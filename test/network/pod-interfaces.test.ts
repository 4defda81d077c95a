import { describe, expect, test } from 'vitest';
import type { Node, Pod } from '#lib/model/kubernetes.ts';
import { interfaceIndex } from '#lib/network/interface-index.ts';
import { podInterface } from '#lib/network/pod-interfaces.ts';
import { vpcCniSettings } from '#lib/network/vpc-cni.ts';
import { aNode, aNodeEni, anEni, aPod, awsNode } from '#test/scenarios/slices.ts';

const primary = aNodeEni('i-1', 0, { privateIpAddresses: ['10.0.0.10', '10.0.0.11'], groups: ['sg-node'] });
const secondary = aNodeEni('i-1', 1, {
  privateIpAddresses: ['10.0.0.20', '10.0.0.21'],
  ipv4Prefixes: ['10.0.0.32/28'],
  groups: ['sg-pods'],
});
const second = aNodeEni('i-1', 2, {
  privateIpAddresses: ['10.0.0.60'],
  attachment: { instanceId: 'i-1', deviceIndex: 1, networkCardIndex: 1 },
});
const branch = anEni({
  networkInterfaceId: 'eni-branch',
  interfaceType: 'branch',
  privateIpAddresses: ['10.0.0.50'],
  groups: ['sg-branch'],
});
const fargate = anEni({ networkInterfaceId: 'eni-fargate', privateIpAddresses: ['10.0.0.70'], groups: ['sg-cluster'] });
const other = aNodeEni('i-2', 0, { privateIpAddresses: ['10.0.0.80'] });
const index = interfaceIndex([primary, secondary, second, branch, fargate, other]);

interface World {
  pod?: Partial<Pod>;
  node?: Partial<Node>;
  env?: Readonly<Record<string, string>>;
}
function place({ pod, node, env = {} }: World) {
  const settings = vpcCniSettings({ kind: 'vpc-cni', daemonSet: awsNode(env) });
  return podInterface(aPod(pod), aNode(node), { index, settings });
}
const onBranch = (entry: object = { eniId: 'eni-branch', vlanId: 1 }) => ({
  podIps: ['10.0.0.50'],
  podEni: JSON.stringify([entry]),
});
const compute = (type: string) => ({ labels: { 'eks.amazonaws.com/compute-type': type } });
const CUSTOM = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true' };
const STANDARD = { POD_SECURITY_GROUP_ENFORCING_MODE: 'standard' };

describe('whose security groups decide about a pod', () => {
  test.each<[string, World, { attachment: string; eni: string; fromPrefix: boolean; groupSets: readonly (readonly string[])[] }]>(
    [
      [
        'a secondary address of the primary interface',
        { pod: { podIps: ['10.0.0.11'] } },
        { attachment: 'pod', eni: 'eni-i-1-0', fromPrefix: false, groupSets: [['sg-node']] },
      ],
      [
        'an address of a secondary interface',
        { pod: { podIps: ['10.0.0.21'] } },
        { attachment: 'pod', eni: 'eni-i-1-1', fromPrefix: false, groupSets: [['sg-pods']] },
      ],
      [
        'an address of a delegated prefix',
        { pod: { podIps: ['10.0.0.40'] } },
        { attachment: 'pod', eni: 'eni-i-1-1', fromPrefix: true, groupSets: [['sg-pods']] },
      ],
      [
        'custom networking',
        { pod: { podIps: ['10.0.0.21'] }, env: CUSTOM },
        { attachment: 'custom-networking', eni: 'eni-i-1-1', fromPrefix: false, groupSets: [['sg-pods']] },
      ],
      [
        'the host network',
        { pod: { podIps: ['10.0.0.10'], hostNetwork: true } },
        { attachment: 'host-network', eni: 'eni-i-1-0', fromPrefix: false, groupSets: [['sg-node']] },
      ],
      [
        'the host network under custom networking',
        { pod: { podIps: ['10.0.0.10'], hostNetwork: true }, env: CUSTOM },
        { attachment: 'host-network', eni: 'eni-i-1-0', fromPrefix: false, groupSets: [['sg-node']] },
      ],
      [
        'a branch, strict by default',
        { pod: onBranch() },
        { attachment: 'pod-security-groups-strict', eni: 'eni-branch', fromPrefix: false, groupSets: [['sg-branch']] },
      ],
      [
        "a branch, as the CNI's own type spells it",
        { pod: onBranch({ eniId: 'eni-branch', vlanID: 1 }) },
        { attachment: 'pod-security-groups-strict', eni: 'eni-branch', fromPrefix: false, groupSets: [['sg-branch']] },
      ],
      [
        'a branch in standard mode: both readings',
        { pod: onBranch(), env: STANDARD },
        {
          attachment: 'pod-security-groups-standard',
          eni: 'eni-branch',
          fromPrefix: false,
          groupSets: [['sg-branch'], ['sg-node']],
        },
      ],
      [
        'Fargate',
        { pod: { podIps: ['10.0.0.70'] }, node: compute('fargate') },
        { attachment: 'fargate', eni: 'eni-fargate', fromPrefix: false, groupSets: [['sg-cluster']] },
      ],
    ],
  )('%s', (_name, world, expected) => {
    const found = place(world);
    expect('eni' in found && { ...found, eni: found.eni.networkInterfaceId }).toMatchObject(expected);
  });
});

describe('pods whose interface cannot be told', () => {
  test.each<[string, World, boolean]>([
    ['no interface holds the address', { pod: { podIps: ['10.0.9.9'] } }, false],
    ["another node's interface does", { pod: { podIps: ['10.0.0.80'] } }, false],
    ['the branch is not there', { pod: onBranch({ eniId: 'eni-gone' }) }, false],
    [
      'the host network of a node that is not there',
      { pod: { podIps: ['10.0.8.8'], hostNetwork: true }, node: { instanceId: 'i-9' } },
      false,
    ],
    ['a branch in standard mode, on such a node', { pod: onBranch(), node: { instanceId: 'i-9' }, env: STANDARD }, false],
    ['no address', { pod: { podIps: [] } }, true],
    ['an annotation that is no JSON', { pod: { podIps: ['10.0.0.50'], podEni: '[' } }, true],
    ['an annotation without an interface', { pod: onBranch({ vlanId: 1 }) }, true],
    ['an empty annotation', { pod: { podIps: ['10.0.0.50'], podEni: '[]' } }, true],
    ['Windows', { pod: { podIps: ['10.0.0.11'] }, node: { operatingSystem: 'windows' } }, true],
    ['a hybrid node', { pod: { podIps: ['10.0.0.11'] }, node: compute('hybrid') }, true],
    ['a second network card', { pod: { podIps: ['10.0.0.60'] } }, true],
  ])('%s', (_name, world, seen) => {
    expect(place(world)).toEqual({ reason: expect.any(String), seen });
  });
});
