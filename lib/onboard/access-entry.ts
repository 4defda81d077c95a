import type { AuthenticationMode } from '@aws-sdk/client-eks';

/** An EKS access entry, as far as onboarding knows it. */
export interface AccessEntry {
  readonly principalArn: string;
  /** STANDARD, EC2_LINUX, FARGATE_LINUX, ... */
  readonly type: string;
  readonly kubernetesGroups: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** On the entries that onboarding makes: offboarding deletes those, and takes the group alone out of others. */
export const MADE_BY_ONBOARD = { 'cniwatch:made-by': 'onboard' } as const;

/** What has to be done so that a role is in the reader's group. */
export type EntryPlan =
  | { readonly action: 'create' }
  | { readonly action: 'keep' }
  | { readonly action: 'add-group'; readonly groups: readonly string[]; readonly had: readonly string[] }
  /** The cluster knows no access entries: a person maps the role in aws-auth. */
  | { readonly action: 'map-in-aws-auth' }
  | { readonly action: 'refuse'; readonly reason: string };

/** Source: Amazon EKS User Guide, "Create access entries" (types other than STANDARD take no groups of one's own). */
export function planEntry(
  mode: AuthenticationMode | string | undefined,
  existing: AccessEntry | undefined,
  group: string,
): EntryPlan {
  if (mode === 'CONFIG_MAP') return { action: 'map-in-aws-auth' };
  if (existing === undefined) return { action: 'create' };
  const { type, kubernetesGroups: had } = existing;
  if (type !== 'STANDARD') {
    return {
      action: 'refuse',
      reason: `its access entry is of the type ${type}, which is for nodes: give cniwatch a role of its own`,
    };
  }
  if (had.includes(group)) return { action: 'keep' };
  return { action: 'add-group', groups: [...had, group], had };
}

/** What has to be done so that a role is in the reader's group no more. */
export type EntryRemoval =
  | { readonly action: 'keep'; readonly reason: string }
  | { readonly action: 'delete' }
  | { readonly action: 'remove-group'; readonly groups: readonly string[] }
  | { readonly action: 'unmap-in-aws-auth' };

/** Deletes only what onboarding made and nobody has used for anything else since. */
export function planRemoval(
  mode: AuthenticationMode | string | undefined,
  existing: (AccessEntry & { readonly policies: readonly string[] }) | undefined,
  group: string,
): EntryRemoval {
  if (mode === 'CONFIG_MAP') return { action: 'unmap-in-aws-auth' };
  if (existing === undefined) return { action: 'keep', reason: 'there is none' };
  const { kubernetesGroups, tags, policies } = existing;
  const groups = kubernetesGroups.filter((each) => each !== group);
  const ours = Object.entries(MADE_BY_ONBOARD).every(([key, value]) => tags[key] === value);
  if (ours && groups.length === 0 && policies.length === 0) return { action: 'delete' };
  if (groups.length === kubernetesGroups.length) return { action: 'keep', reason: `it is not in the group ${group}` };
  return { action: 'remove-group', groups };
}

/**
 * What to add to mapRoles of kube-system/aws-auth. A path in the ARN has to be left out there.
 * Source: Amazon EKS User Guide, "Grant IAM users access to Kubernetes with a ConfigMap".
 */
export function awsAuthEntry(roleArn: string, group: string): string {
  const withoutPath = roleArn.replace(/:role\/.*\//, ':role/');
  return `- rolearn: ${withoutPath}\n  username: cniwatch\n  groups:\n    - ${group}\n`;
}

/** The role behind an ARN that STS shows of a session: EKS takes roles, and no sessions. Undefined where the ARN is neither. */
export function roleOf(arn: string): string | undefined {
  if (/^arn:[^:]+:iam::\d{12}:(role|user)\/.+/.test(arn)) return arn;
  const [, partition, account, role] = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\/.+$/.exec(arn) ?? [];
  return role === undefined ? undefined : `arn:${partition}:iam::${account}:role/${role}`;
}
