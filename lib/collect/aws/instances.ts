import { DescribeInstancesCommand, type Filter, type Instance as SdkInstance } from '@aws-sdk/client-ec2';
import { filterChunks, present, required, tagMap } from '#lib/collect/aws/fields.ts';
import { defineCollector, ec2Reads, type Sources } from '#lib/collect/sources.ts';
import type { Instance } from '#lib/model/ec2.ts';
import { dataOf } from '#lib/model/slice.ts';

/** Terminated instances stay listed for an hour and hold no address. */
const ALIVE: Filter = {
  Name: 'instance-state-name',
  Values: ['pending', 'running', 'shutting-down', 'stopping', 'stopped'],
};

/** The cluster's instances by their tag, and those of nodes that bear none. */
export const instances = defineCollector({
  key: 'instances',
  needs: ['nodes'],
  permissions: ec2Reads('DescribeInstances'),
  async collect(sources, { nodes }) {
    const tagged = await describe(sources, { Name: 'tag-key', Values: [`kubernetes.io/cluster/${sources.target.name}`] });
    const seen = new Set(tagged.map(({ instanceId }) => instanceId));
    const missing = (dataOf(nodes) ?? []).flatMap(({ instanceId }) =>
      instanceId === undefined || seen.has(instanceId) ? [] : [instanceId],
    );
    // A filter and not InstanceIds, which refuses the whole call for one id that is gone.
    const others = await Promise.all(filterChunks(missing).map((Values) => describe(sources, { Name: 'instance-id', Values })));
    return [...tagged, ...others.flat()];
  },
});

function describe({ ec2, everyPage }: Sources, filter: Filter): Promise<Instance[]> {
  return everyPage(
    'ec2:DescribeInstances',
    (NextToken) => ec2(new DescribeInstancesCommand({ Filters: [filter, ALIVE], MaxResults: 1000, NextToken })),
    (page) => page.Reservations?.flatMap(({ Instances }) => (Instances ?? []).map(toInstance)),
  );
}

function toInstance(instance: SdkInstance): Instance {
  return {
    instanceId: required(instance.InstanceId, 'Instance.InstanceId'),
    instanceType: required(instance.InstanceType, 'Instance.InstanceType'),
    state: required(instance.State?.Name, 'Instance.State'),
    tags: tagMap(instance.Tags),
    ...present({
      subnetId: instance.SubnetId || undefined,
      vpcId: instance.VpcId || undefined,
      availabilityZone: instance.Placement?.AvailabilityZone,
      privateIpAddress: instance.PrivateIpAddress,
      launchTime: instance.LaunchTime?.toISOString(),
    }),
  };
}
