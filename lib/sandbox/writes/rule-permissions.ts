import { isIP } from 'node:net';
import type { SecurityGroupRule } from '#lib/model/ec2.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import { addressOf, formatAddress } from '#lib/sandbox/block.ts';
import type { Ec2Query, Ec2Structure } from '#lib/sandbox/ec2-query.ts';

/** A rule as a request describes it: IpPermissions hold several sources each. */
export type AskedRule = Omit<SecurityGroupRule, 'securityGroupRuleId' | 'groupId' | 'isEgress'> & {
  readonly description?: string | undefined;
};

const PROTOCOLS: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6', all: '-1' };

/** @throws AwsError InvalidParameterValue for a CIDR, a port or a protocol that is none */
export function askedRules(query: Ec2Query, account: string): readonly AskedRule[] {
  return query.structures('IpPermissions').flatMap((permission) => {
    const ports = portsOf(permission);
    return sourcesOf(permission, account).map((source) => ({ ...ports, ...source }));
  });
}

function portsOf({ text }: Ec2Structure): Pick<AskedRule, 'ipProtocol' | 'fromPort' | 'toPort'> {
  const asked = (text('IpProtocol') ?? '').toLowerCase();
  const ipProtocol = PROTOCOLS[asked] ?? asked;
  if (!/^(-1|tcp|udp|icmp|icmpv6|\d{1,3})$/.test(ipProtocol) || Number(ipProtocol) > 255)
    throw new AwsError('InvalidParameterValue', `Invalid value '${asked}' for IP protocol. Unknown protocol.`);
  // Of every protocol, and of one without ports, all is permitted whatever ports are named.
  if (!/^(tcp|udp|icmp|icmpv6)$/.test(ipProtocol)) return { ipProtocol, fromPort: -1, toPort: -1 };
  const fromPort = Number(text('FromPort') ?? Number.NaN);
  const toPort = Number(text('ToPort') ?? Number.NaN);
  const least = ipProtocol.startsWith('icmp') ? -1 : 0;
  for (const port of [fromPort, toPort]) {
    if (!(Number.isInteger(port) && port >= least && port <= 65_535))
      throw new AwsError('InvalidParameterValue', `TCP/UDP port (${port}) out of range`);
  }
  if (least === 0 && fromPort > toPort)
    throw new AwsError('InvalidParameterValue', `Invalid TCP/UDP port range (${fromPort}:${toPort})`);
  return { ipProtocol, fromPort, toPort };
}

type Source = Pick<AskedRule, 'cidrIpv4' | 'cidrIpv6' | 'prefixListId' | 'referencedGroup' | 'description'>;

function sourcesOf({ structures }: Ec2Structure, account: string): readonly Source[] {
  const described = ({ text }: Ec2Structure, source: Source): Source => {
    const description = text('Description');
    return description === undefined ? source : { ...source, description };
  };
  return [
    ...structures('IpRanges').map((range) => described(range, { cidrIpv4: canonical(range.text('CidrIp') ?? '') })),
    ...structures('Ipv6Ranges').map((range) => described(range, { cidrIpv6: ipv6(range.text('CidrIpv6') ?? '') })),
    ...structures('PrefixListIds').map((list) => described(list, { prefixListId: list.text('PrefixListId') ?? '' })),
    ...structures('Groups').map((group) =>
      described(group, {
        referencedGroup: { groupId: group.text('GroupId') ?? '', userId: group.text('UserId') ?? account },
      }),
    ),
  ];
}

/** EC2 clears the bits of the host. Source: Amazon EC2 API Reference, IpRange. */
function canonical(cidr: string): string {
  const [address = '', length = ''] = cidr.split('/');
  if (isIP(address) !== 4 || !/^\d{1,2}$/.test(length) || Number(length) > 32)
    throw new AwsError('InvalidParameterValue', `CIDR block ${cidr} is malformed`);
  const size = 2 ** (32 - Number(length));
  return `${formatAddress(Math.floor(addressOf(address) / size) * size)}/${Number(length)}`;
}

function ipv6(cidr: string): string {
  const [address = '', length = ''] = cidr.split('/');
  if (isIP(address) !== 6 || !/^\d{1,3}$/.test(length) || Number(length) > 128)
    throw new AwsError('InvalidParameterValue', `CIDR block ${cidr} is malformed`);
  return cidr;
}

/** Descriptions do not tell rules apart. */
export function sameRule(one: AskedRule, other: AskedRule): boolean {
  return (
    one.ipProtocol === other.ipProtocol &&
    one.fromPort === other.fromPort &&
    one.toPort === other.toPort &&
    one.cidrIpv4 === other.cidrIpv4 &&
    one.cidrIpv6 === other.cidrIpv6 &&
    one.prefixListId === other.prefixListId &&
    one.referencedGroup?.groupId === other.referencedGroup?.groupId
  );
}

/** As EC2 names a rule in its errors. */
export function spoken(rule: AskedRule): string {
  const peer = rule.cidrIpv4 ?? rule.cidrIpv6 ?? rule.prefixListId ?? rule.referencedGroup?.groupId;
  if (rule.ipProtocol === '-1') return `peer: ${peer}, ALL`;
  return `peer: ${peer}, ${rule.ipProtocol.toUpperCase()}, from port: ${rule.fromPort}, to port: ${rule.toPort}`;
}
