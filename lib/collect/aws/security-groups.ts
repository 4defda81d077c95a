import { DescribeSecurityGroupsCommand, type SecurityGroup as SdkGroup } from '@aws-sdk/client-ec2';
import { filterChunks, present, required, tagMap } from '#lib/collect/aws/fields.ts';
import { GROUP_NEEDS, groupsInUse } from '#lib/collect/aws/groups-in-use.ts';
import { defineCollector, ec2Reads } from '#lib/collect/sources.ts';
import type { SecurityGroup } from '#lib/model/ec2.ts';

export const securityGroups = defineCollector({
  key: 'securityGroups',
  needs: GROUP_NEEDS,
  permissions: ec2Reads('DescribeSecurityGroups'),
  async collect({ ec2, everyPage }, slices) {
    const pages = filterChunks(groupsInUse(slices)).map((Values) =>
      everyPage(
        'ec2:DescribeSecurityGroups',
        (NextToken) =>
          ec2(new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-id', Values }], MaxResults: 1000, NextToken })),
        (page) => page.SecurityGroups?.map(toSecurityGroup),
      ),
    );
    return (await Promise.all(pages)).flat();
  },
});

function toSecurityGroup(group: SdkGroup): SecurityGroup {
  return {
    groupId: required(group.GroupId, 'SecurityGroup.GroupId'),
    groupName: group.GroupName ?? '',
    tags: tagMap(group.Tags),
    ...present({ vpcId: group.VpcId || undefined, ownerId: group.OwnerId }),
  };
}
