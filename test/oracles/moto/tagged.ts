import type { ResourceType, Tag } from '@aws-sdk/client-ec2';

/** The request's field that gives a new object its tags; nothing where there are none, which EC2 refuses. */
export function tagged(
  type: ResourceType,
  tags: Tag[] | undefined,
): { TagSpecifications?: { ResourceType: ResourceType; Tags: Tag[] }[] } {
  return tags === undefined || tags.length === 0 ? {} : { TagSpecifications: [{ ResourceType: type, Tags: tags }] };
}
