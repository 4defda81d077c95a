import { DescribeClusterCommand, type EKSClient } from '@aws-sdk/client-eks';
import { awsFailure } from '#lib/collect/aws/failure.ts';
import type { ClusterSelection } from '#lib/discover/entry.ts';
import { type Runners, withRunner } from '#lib/discover/runner.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import { matchesAny } from '#lib/model/name-pattern.ts';
import type { Target } from '#lib/model/target.ts';
import { type ClusterTags, hasTag } from '#lib/model/target-match.ts';

export function selectsName({ clusters, except = [] }: ClusterSelection, name: string): boolean {
  return matchesAny(name, clusters) && !matchesAny(name, except);
}

/** Whether the tags of a cluster have to be known before it is known to be meant. */
export function selectsByTags({ tags, exceptTags }: ClusterSelection): boolean {
  return tags !== undefined || exceptTags !== undefined;
}

function selectsTags({ tags: wanted = {}, exceptTags = {} }: ClusterSelection, tags: ClusterTags): boolean {
  return (
    Object.keys(wanted).every((key) => hasTag(tags, key, wanted[key])) &&
    !Object.keys(exceptTags).some((key) => hasTag(tags, key, exceptTags[key]))
  );
}

/**
 * The target with its VPC, its tags and its runner, where its tags are meant; undefined where they are not, or the cluster is gone by now.
 * @throws ReadFailure where tags decide and could not be read
 */
export async function described(
  target: Target,
  {
    selection,
    runners,
    eks,
  }: { readonly selection: ClusterSelection; readonly runners: Runners | undefined; readonly eks: EKSClient },
): Promise<Target | undefined> {
  try {
    const { cluster } = await eks.send(new DescribeClusterCommand({ name: target.name }));
    const tags = cluster?.tags ?? {};
    if (!selectsTags(selection, tags)) return undefined;
    const vpcId = cluster?.resourcesVpcConfig?.vpcId;
    const known = { ...target, tags, ...(vpcId === undefined ? {} : { vpcId }) };
    return runners === undefined ? known : withRunner(known, cluster, runners);
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    if (!selectsByTags(selection)) return target;
    const { code, message, remedy } = awsFailure(error, { action: 'eks:DescribeCluster', region: target.region });
    throw new ReadFailure(code, `whether the tags of ${target.name} select it is not known: ${message}`, remedy, {
      cause: error,
    });
  }
}
