import { DescribeSecurityGroupRulesCommand, type SecurityGroupRule as SdkRule } from '@aws-sdk/client-ec2';
import { filterChunks, present, required } from '#lib/collect/aws/fields.ts';
import { GROUP_NEEDS, groupsInUse } from '#lib/collect/aws/groups-in-use.ts';
import { defineCollector, ec2Reads } from '#lib/collect/sources.ts';
import type { SecurityGroupRule } from '#lib/model/ec2.ts';

export const securityGroupRules = defineCollector({
  key: 'securityGroupRules',
  needs: GROUP_NEEDS,
  permissions: ec2Reads('DescribeSecurityGroupRules'),
  async collect({ ec2, everyPage }, slices) {
    const pages = filterChunks(groupsInUse(slices)).map((Values) =>
      everyPage(
        'ec2:DescribeSecurityGroupRules',
        (NextToken) =>
          ec2(new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values }], MaxResults: 1000, NextToken })),
        (page) => page.SecurityGroupRules?.map(toRule),
      ),
    );
    return (await Promise.all(pages)).flat();
  },
});

function toRule(rule: SdkRule): SecurityGroupRule {
  return {
    securityGroupRuleId: required(rule.SecurityGroupRuleId, 'SecurityGroupRule.SecurityGroupRuleId'),
    groupId: required(rule.GroupId, 'SecurityGroupRule.GroupId'),
    isEgress: required(rule.IsEgress, 'SecurityGroupRule.IsEgress'),
    ipProtocol: required(rule.IpProtocol, 'SecurityGroupRule.IpProtocol'),
    // A rule for every protocol has no ports on the wire of some stand-ins; EC2 writes -1.
    fromPort: rule.FromPort ?? -1,
    toPort: rule.ToPort ?? -1,
    ...present({
      cidrIpv4: rule.CidrIpv4 || undefined,
      cidrIpv6: rule.CidrIpv6 || undefined,
      prefixListId: rule.PrefixListId || undefined,
      referencedGroup: referencedGroup(rule),
    }),
  };
}

function referencedGroup({ ReferencedGroupInfo: group }: SdkRule): SecurityGroupRule['referencedGroup'] {
  if (!group?.GroupId) return undefined;
  return {
    groupId: group.GroupId,
    ...present({
      userId: group.UserId || undefined,
      vpcId: group.VpcId || undefined,
      peeringStatus: group.PeeringStatus || undefined,
    }),
  };
}
