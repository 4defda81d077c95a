import { expect, test } from 'vitest';
import { formatIpv4Block } from '#lib/network/ipv4.ts';
import { parseAddedSubnet, type SubnetSurroundings } from '#lib/network/what-if/subnet-text.ts';
import { aSubnet } from '#test/scenarios/slices.ts';

const around: SubnetSurroundings = {
  subnets: [aSubnet({ subnetId: 'subnet-a', cidrBlock: '10.0.0.0/24' })],
  vpc: { vpcId: 'vpc-1', cidrBlocks: ['10.0.0.0/16', '100.64.0.0/20'], ipv6CidrBlocks: [] },
  serviceIpv4Cidr: '172.20.0.0/16',
  zones: ['eu-west-1b', 'eu-west-1a'],
};

test.each([
  ['10.0.1.0/24@eu-west-1a', around, '10.0.1.0/24 eu-west-1a'],
  ['10.9.0.0/16@eu-west-1b', around, '10.9.0.0/16 eu-west-1b'],
  ['10.0.1.0/28', { ...around, zones: ['eu-west-1a'] }, '10.0.1.0/28 eu-west-1a'],
  ['10.0.1.0/28@eu-west-1c', { ...around, zones: [] }, '10.0.1.0/28 eu-west-1c'],
  ['10.0.0.0/24@eu-west-1a', { ...around, subnets: undefined }, '10.0.0.0/24 eu-west-1a'],
])('%s is read', (text, surroundings, expected) => {
  const read = parseAddedSubnet(text, surroundings);
  expect(typeof read === 'string' ? read : `${formatIpv4Block(read.block)} ${read.availabilityZone}`).toBe(expected);
});

test.each([
  ['10.0.1.0/24', 'eu-west-1a, eu-west-1b'],
  ['10.0.1.0/24@eu-west-1c', 'no node is in eu-west-1c'],
  ['10.0.1.0@eu-west-1a', 'is no IPv4 CIDR'],
  ['somewhere', 'is no IPv4 CIDR'],
  ['10.0.1.0/29@eu-west-1a', '/16 to /28'],
  ['10.0.0.0/15@eu-west-1a', '/16 to /28'],
  ['10.0.1.9/24@eu-west-1a', 'did you mean 10.0.1.0/24?'],
  ['10.0.0.128/28@eu-west-1a', 'overlaps the subnet subnet-a (10.0.0.0/24)'],
  ['10.0.0.0/20@eu-west-1a', 'overlaps the subnet subnet-a (10.0.0.0/24)'],
  ['172.20.128.0/20@eu-west-1a', "overlaps the cluster's service range 172.20.0.0/16"],
  ['100.64.0.0/18@eu-west-1a', "larger than the VPC's 100.64.0.0/20"],
])('%s is refused: %s', (text, reason) => expect(parseAddedSubnet(text, around)).toContain(reason));
