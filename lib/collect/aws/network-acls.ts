import { DescribeNetworkAclsCommand, type NetworkAclEntry, type NetworkAcl as SdkAcl } from '@aws-sdk/client-ec2';
import { present, required, texts } from '#lib/collect/aws/fields.ts';
import { vpcId } from '#lib/collect/aws/vpc-id.ts';
import { defineCollector, ec2Reads } from '#lib/collect/sources.ts';
import type { NetworkAcl } from '#lib/model/ec2.ts';

export const networkAcls = defineCollector({
  key: 'networkAcls',
  needs: ['cluster'],
  permissions: ec2Reads('DescribeNetworkAcls'),
  async collect({ ec2, everyPage }, { cluster }) {
    const Filters = [{ Name: 'vpc-id', Values: [vpcId(cluster)] }];
    return everyPage(
      'ec2:DescribeNetworkAcls',
      (NextToken) => ec2(new DescribeNetworkAclsCommand({ Filters, MaxResults: 1000, NextToken })),
      (page) => page.NetworkAcls?.map(toNetworkAcl),
    );
  },
});

function toNetworkAcl(acl: SdkAcl): NetworkAcl {
  return {
    networkAclId: required(acl.NetworkAclId, 'NetworkAcl.NetworkAclId'),
    isDefault: acl.IsDefault === true,
    subnetIds: texts(acl.Associations?.map(({ SubnetId }) => SubnetId)),
    entries: (acl.Entries ?? []).map(toEntry),
    ...present({ vpcId: acl.VpcId }),
  };
}

function toEntry(entry: NetworkAclEntry): NetworkAcl['entries'][number] {
  const { From: from, To: to } = entry.PortRange ?? {};
  return {
    ruleNumber: required(entry.RuleNumber, 'NetworkAclEntry.RuleNumber'),
    egress: required(entry.Egress, 'NetworkAclEntry.Egress'),
    protocol: required(entry.Protocol, 'NetworkAclEntry.Protocol'),
    ruleAction: required(entry.RuleAction, 'NetworkAclEntry.RuleAction'),
    ...present({
      cidrBlock: entry.CidrBlock || undefined,
      ipv6CidrBlock: entry.Ipv6CidrBlock || undefined,
      portRange: from === undefined || to === undefined ? undefined : { from, to },
    }),
  };
}
