import { DescribeAddonCommand, ListAddonsCommand, type Addon as SdkAddon } from '@aws-sdk/client-eks';
import pLimit from 'p-limit';
import { healthIssues } from '#lib/collect/aws/eks-health.ts';
import { present, required } from '#lib/collect/aws/fields.ts';
import { isGone, notFound } from '#lib/collect/aws/not-found.ts';
import { defineCollector } from '#lib/collect/sources.ts';
import type { Addon } from '#lib/model/eks.ts';

export const addons = defineCollector({
  key: 'addons',
  needs: [],
  permissions: {
    aws: [
      { action: 'eks:ListAddons', resource: 'cluster' },
      { action: 'eks:DescribeAddon', resource: 'addon' },
    ],
    kubernetes: [],
  },
  async collect({ target, eks, everyPage }) {
    const clusterName = target.name;
    const names = await everyPage(
      'eks:ListAddons',
      (nextToken) => eks(new ListAddonsCommand({ clusterName, maxResults: 100, nextToken })),
      (page) => page.addons,
    ).catch(notFound(target));
    const described = await pLimit(5).map(names, (addonName) =>
      eks(new DescribeAddonCommand({ clusterName, addonName })).catch((error) => {
        // Removed between the list and here.
        if (isGone(error)) return undefined;
        throw error;
      }),
    );
    return described.flatMap((answer) => (answer ? [toAddon(required(answer.addon, 'addon'))] : []));
  },
});

function toAddon(addon: SdkAddon): Addon {
  return {
    addonName: required(addon.addonName, 'addon.addonName'),
    healthIssues: healthIssues(addon.health?.issues),
    ...present({
      addonVersion: addon.addonVersion,
      status: addon.status,
      configurationValues: addon.configurationValues,
      serviceAccountRoleArn: addon.serviceAccountRoleArn,
      podIdentityAssociations: addon.podIdentityAssociations,
      tags: addon.tags,
    }),
  };
}
