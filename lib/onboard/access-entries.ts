import {
  CreateAccessEntryCommand,
  DeleteAccessEntryCommand,
  DescribeAccessEntryCommand,
  type EKSClient,
  ListAssociatedAccessPoliciesCommand,
  UpdateAccessEntryCommand,
} from '@aws-sdk/client-eks';
import { awsFailure } from '#lib/collect/aws/failure.ts';
import { type AccessEntry, MADE_BY_ONBOARD } from '#lib/onboard/access-entry.ts';

/** The access entry of one role in one cluster. Every call throws a ReadFailure that names the IAM action. */
export interface AccessEntries {
  /** Undefined where there is none. */
  describe(): Promise<AccessEntry | undefined>;
  /** ARNs of the access policies that are associated with it. */
  policies(): Promise<readonly string[]>;
  create(groups: readonly string[]): Promise<void>;
  setGroups(groups: readonly string[]): Promise<void>;
  remove(): Promise<void>;
}

export function accessEntries(
  eks: EKSClient,
  { clusterName, principalArn }: { clusterName: string; principalArn: string },
): AccessEntries {
  const of = { clusterName, principalArn };
  return {
    async describe() {
      const answer = await eks.send(new DescribeAccessEntryCommand(of)).catch((error: unknown) => {
        if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
        throw awsFailure(error, { action: 'eks:DescribeAccessEntry' });
      });
      const entry = answer?.accessEntry;
      if (entry === undefined) return undefined;
      const { type = 'STANDARD', kubernetesGroups = [], tags = {} } = entry;
      return { principalArn, type, kubernetesGroups, tags };
    },
    async policies() {
      const { associatedAccessPolicies = [] } = await asked('eks:ListAssociatedAccessPolicies', () =>
        eks.send(new ListAssociatedAccessPoliciesCommand({ ...of, maxResults: 100 })),
      );
      return associatedAccessPolicies.flatMap(({ policyArn }) => policyArn ?? []);
    },
    async create(kubernetesGroups) {
      const command = new CreateAccessEntryCommand({
        ...of,
        type: 'STANDARD',
        kubernetesGroups: [...kubernetesGroups],
        tags: MADE_BY_ONBOARD,
      });
      await asked('eks:CreateAccessEntry', () => eks.send(command));
    },
    async setGroups(kubernetesGroups) {
      const command = new UpdateAccessEntryCommand({ ...of, kubernetesGroups: [...kubernetesGroups] });
      await asked('eks:UpdateAccessEntry', () => eks.send(command));
    },
    async remove() {
      await asked('eks:DeleteAccessEntry', () => eks.send(new DeleteAccessEntryCommand(of)));
    },
  };
}

async function asked<T>(action: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw awsFailure(error, { action });
  }
}
