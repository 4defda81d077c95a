import type { NetworkInterface } from '#lib/model/ec2.ts';

/**
 * Older than the CNI's own clean-up needs: ipamd deletes such interfaces after 5 minutes, the resource controller after two passes
 * that are 30 minutes apart. What is there after that is left for a person.
 * Sources: amazon-vpc-cni-k8s pkg/awsutils/awsutils.go; amazon-vpc-resource-controller-k8s pkg/aws/ec2/api/cleanup/eni_cleanup.go.
 */
export const LEAKED_AFTER_MINUTES = 65;

const INSTANCE_TAG = 'node.k8s.amazonaws.com/instance_id';
const CREATED_AT_TAG = 'node.k8s.amazonaws.com/createdAt';
const CNI_DESCRIPTION = 'aws-K8S-';

/**
 * Whether the VPC CNI made an interface for a node and left it behind, detached. One without a time of creation is not judged
 * leaked: the CNI stamps it when it first sees it, and its age is not known until then.
 * Source: amazon-vpc-cni-k8s pkg/awsutils/awsutils.go (getLeakedENIs).
 */
export function isLeaked(eni: NetworkInterface, now: Date, minAgeMinutes = LEAKED_AFTER_MINUTES): boolean {
  const age = detachedMinutes(eni, now);
  return age !== undefined && age > minAgeMinutes;
}

/** Whether the VPC CNI made an interface and it is attached to nothing. */
export function isDetachedByCni({ status, tags, description }: NetworkInterface): boolean {
  return status === 'available' && tags[INSTANCE_TAG] !== undefined && description.startsWith(CNI_DESCRIPTION);
}

/** Age in minutes of an interface that the VPC CNI made and that is attached to nothing; undefined for any other, and where it is not known. */
export function detachedMinutes(eni: NetworkInterface, now: Date): number | undefined {
  if (!isDetachedByCni(eni)) return undefined;
  const createdAt = Date.parse(eni.tags[CREATED_AT_TAG] ?? '');
  return Number.isNaN(createdAt) ? undefined : (now.getTime() - createdAt) / 60_000;
}
