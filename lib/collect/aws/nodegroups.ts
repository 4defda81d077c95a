import { DescribeNodegroupCommand, ListNodegroupsCommand, type Nodegroup as SdkNodegroup } from '@aws-sdk/client-eks';
import pLimit from 'p-limit';
import { healthIssues } from '#lib/collect/aws/eks-health.ts';
import { present, required, texts } from '#lib/collect/aws/fields.ts';
import { isGone, notFound } from '#lib/collect/aws/not-found.ts';
import { defineCollector } from '#lib/collect/sources.ts';
import type { Nodegroup } from '#lib/model/eks.ts';

export const nodegroups = defineCollector({
  key: 'nodegroups',
  needs: [],
  permissions: {
    aws: [
      { action: 'eks:ListNodegroups', resource: 'cluster' },
      { action: 'eks:DescribeNodegroup', resource: 'nodegroup' },
    ],
    kubernetes: [],
  },
  async collect({ target, eks, everyPage }) {
    const clusterName = target.name;
    const names = await everyPage(
      'eks:ListNodegroups',
      (nextToken) => eks(new ListNodegroupsCommand({ clusterName, maxResults: 100, nextToken })),
      (page) => page.nodegroups,
    ).catch(notFound(target));
    const described = await pLimit(5).map(names, (nodegroupName) =>
      eks(new DescribeNodegroupCommand({ clusterName, nodegroupName })).catch((error) => {
        // Deleted between the list and here.
        if (isGone(error)) return undefined;
        throw error;
      }),
    );
    return described.flatMap((answer) => (answer ? [toNodegroup(required(answer.nodegroup, 'nodegroup'))] : []));
  },
});

function toNodegroup(group: SdkNodegroup): Nodegroup {
  const { launchTemplate, scalingConfig, updateConfig } = group;
  const { minSize, maxSize, desiredSize } = scalingConfig ?? {};
  return {
    nodegroupName: required(group.nodegroupName, 'nodegroup.nodegroupName'),
    instanceTypes: texts(group.instanceTypes),
    subnets: texts(group.subnets),
    autoScalingGroups: texts(group.resources?.autoScalingGroups?.map(({ name }) => name)),
    labels: group.labels ?? {},
    healthIssues: healthIssues(group.health?.issues),
    ...present({
      status: group.status,
      version: group.version,
      releaseVersion: group.releaseVersion,
      amiType: group.amiType,
      maxUnavailable: updateConfig?.maxUnavailable,
      maxUnavailablePercentage: updateConfig?.maxUnavailablePercentage,
      launchTemplate:
        launchTemplate && present({ id: launchTemplate.id, name: launchTemplate.name, version: launchTemplate.version }),
      scaling:
        minSize === undefined || maxSize === undefined || desiredSize === undefined
          ? undefined
          : { minSize, maxSize, desiredSize },
    }),
  };
}
