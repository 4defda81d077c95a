import { AwsError } from '#lib/sandbox/aws-error.ts';
import type { World } from '#lib/sandbox/world.ts';
import { type Ec2Write, tagsIn } from '#lib/sandbox/writes/ec2-write.ts';

/** Where objects with tags stand, their id, and what EC2 says of one that is not there. */
const TAGGED = [
  ['subnet', 'subnets', 'subnetId', 'InvalidSubnetID.NotFound'],
  ['eni', 'networkInterfaces', 'networkInterfaceId', 'InvalidNetworkInterfaceID.NotFound'],
  ['i', 'instances', 'instanceId', 'InvalidInstanceID.NotFound'],
  ['sg', 'securityGroups', 'groupId', 'InvalidGroup.NotFound'],
  ['sgr', 'securityGroupRules', 'securityGroupRuleId', 'InvalidSecurityGroupRuleId.NotFound'],
] as const;

/** Tags of one key are overwritten. Source: Amazon EC2 API Reference, CreateTags. */
export const createTags: Ec2Write = (live, query) => {
  const tags = tagsIn(query.structures('Tag'));
  const ids = query.list('ResourceId');
  if (ids.length === 0) throw new AwsError('MissingParameter', 'The request must contain the parameter resourceIdSet');
  if (Object.keys(tags).some((key) => key.startsWith('aws:')))
    throw new AwsError('InvalidParameterValue', 'Tag keys starting with "aws:" are reserved for internal use');
  for (const id of ids) {
    const kind = TAGGED.find(([prefix]) => id.startsWith(`${prefix}-`));
    if (kind === undefined) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
    const [, list, key, notFound] = kind;
    const items: readonly { readonly tags?: Readonly<Record<string, string>> | undefined }[] = live.world[list];
    const is = (item: object) => (item as Readonly<Record<string, unknown>>)[key] === id;
    if (!items.some(is)) throw new AwsError(notFound, `The ID '${id}' does not exist`);
    const tagged = items.map((item) => (is(item) ? { ...item, tags: { ...item.tags, ...tags } } : item));
    live.edit(() => ({ [list]: tagged }) as Partial<World>);
  }
  return { return: true };
};
