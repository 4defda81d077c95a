import type { Refusal } from '#lib/model/remediation.ts';
import type { RemediationOwner, SourcePatch } from '#lib/model/remediation-owner.ts';
import type { Change, RemediationPlan } from '#lib/model/remediation-plan.ts';
import type { AwsStep, KubernetesStep, RemediationStep } from '#lib/model/remediation-step.ts';
import { FIELD_MANAGER } from '#lib/remediate/field-manager.ts';
import { ownerOf } from '#lib/remediate/owners.ts';
import { withEnvironment } from '#lib/remediate/vpc-cni/addon-configuration.ts';
import type { VpcCniScene } from '#lib/remediate/vpc-cni/scene.ts';
import { settingsSource } from '#lib/remediate/vpc-cni/settings-source.ts';

/** How EKS is to settle a field that somebody else changed. */
export type ResolveConflicts = 'NONE' | 'OVERWRITE' | 'PRESERVE';

/** The part of a plan that changes variables of aws-node, whoever manages it. */
export interface SettingsChange {
  readonly steps: RemediationPlan['steps'];
  readonly changes: readonly Change[];
  readonly rollback: readonly RemediationStep[];
  readonly owner: RemediationOwner;
  readonly sourcePatch?: SourcePatch;
  readonly holds: readonly string[];
  readonly warnings: readonly string[];
}

/** Variables of aws-node to set; null takes one away. */
export type Environment = Readonly<Record<string, string | null>>;

/**
 * Through EKS where the add-on is managed, since it would put a change of the DaemonSet back; else on the DaemonSet itself.
 * Sources: Amazon EKS User Guide, "Update an Amazon EKS add-on"; Amazon EKS API Reference, UpdateAddon.
 */
export function settingsChange(
  scene: VpcCniScene,
  env: Readonly<Record<string, string>>,
  resolveConflicts: ResolveConflicts,
): SettingsChange | Refusal {
  return scene.addon === undefined ? onDaemonSet(scene, env) : onAddon(scene, scene.addon, env, resolveConflicts);
}

function onAddon(
  { data, daemonSet }: VpcCniScene,
  addon: NonNullable<VpcCniScene['addon']>,
  env: Readonly<Record<string, string>>,
  resolveConflicts: ResolveConflicts,
): SettingsChange | Refusal {
  const { configurationValues: stored, serviceAccountRoleArn, podIdentityAssociations = [] } = addon;
  const merged = withEnvironment(stored, env);
  if (merged.kind === 'unreadable')
    return {
      reason: `The configuration that the add-on vpc-cni has stored cannot be read: ${merged.reason}.`,
      remedy:
        'Look at it by aws eks describe-addon --cluster-name CLUSTER --addon-name vpc-cni, correct it by update-addon, and plan again.',
    };
  const owner = ownerOf({ of: 'add-on vpc-cni', tags: addon.tags });
  const update = (id: string, title: string, configurationValues: string): AwsStep => ({
    id,
    title,
    kind: 'aws',
    service: 'eks',
    operation: 'UpdateAddon',
    // Left out, the role would become the node's; Pod Identity associations that are given replace those there are, so none are.
    parameters: {
      clusterName: data.cluster.name,
      addonName: 'vpc-cni',
      configurationValues,
      resolveConflicts,
      ...(serviceAccountRoleArn === undefined ? {} : { serviceAccountRoleArn }),
    },
    settles: { operation: 'DescribeUpdate', field: 'update.status', value: 'Successful' },
  });
  return {
    steps: [update('update-addon', 'change the configuration of the add-on vpc-cni', merged.text)],
    changes: [
      { of: 'add-on vpc-cni', field: 'configurationValues', before: stored ?? null, after: merged.text },
      ...environmentChanges(daemonSet, env),
    ],
    // An empty object is EKS' own defaults: leaving the field out would keep what is stored.
    rollback: [update('restore-addon', 'put the stored configuration of the add-on vpc-cni back', stored ?? '{}')],
    owner,
    ...sourceOf(owner, env, daemonSet),
    holds: [
      'The update of the add-on ends as Successful, and the add-on is ACTIVE.',
      `The add-on still has ${serviceAccountRoleArn === undefined ? 'no role of its own' : `the role ${serviceAccountRoleArn}`} and ${podIdentityAssociations.length} Pod Identity associations.`,
      rolledOut(daemonSet, env),
    ],
    warnings: [
      ...(merged.losesComments ? ['The stored configuration is YAML with comments, which the new one does not have.'] : []),
      ...(resolveConflicts === 'OVERWRITE'
        ? ["OVERWRITE sets every field that EKS manages back to EKS' value: edits by hand beside this are lost."]
        : []),
    ],
  };
}

function onDaemonSet({ daemonSet }: VpcCniScene, env: Readonly<Record<string, string>>): SettingsChange {
  const { namespace, name, managers, labels, ownerAnnotations } = daemonSet;
  const before: Environment = Object.fromEntries(Object.keys(env).map((key) => [key, environment(daemonSet)[key] ?? null]));
  const owner = ownerOf({ of: `daemonset ${namespace}/${name}`, managers, labels, annotations: ownerAnnotations });
  const patch = (id: string, title: string, values: Environment): KubernetesStep => ({
    id,
    title,
    kind: 'kubernetes',
    verb: 'patch',
    path: `/apis/apps/v1/namespaces/${namespace}/daemonsets/${name}?fieldManager=${FIELD_MANAGER}`,
    contentType: 'application/strategic-merge-patch+json',
    body: environmentPatch(values),
  });
  return {
    steps: [patch('patch-daemonset', `set variables of the DaemonSet ${namespace}/${name}`, env)],
    changes: environmentChanges(daemonSet, env),
    rollback: [patch('restore-daemonset', `set the variables of ${namespace}/${name} back`, before)],
    owner,
    ...sourceOf(owner, env, daemonSet),
    holds: [rolledOut(daemonSet, env)],
    warnings: [],
  };
}

/** Containers and their variables are merged by name. Source: Kubernetes documentation, "Update API Objects in Place Using kubectl patch". */
function environmentPatch(values: Environment): NonNullable<KubernetesStep['body']> {
  const env = Object.entries(values).map(([name, value]) => (value === null ? { name, $patch: 'delete' } : { name, value }));
  return { spec: { template: { spec: { containers: [{ name: 'aws-node', env }] } } } };
}

function environmentChanges(daemonSet: VpcCniScene['daemonSet'], env: Readonly<Record<string, string>>): Change[] {
  const running = environment(daemonSet);
  return Object.entries(env).map(([field, after]) => ({
    of: `daemonset ${daemonSet.namespace}/${daemonSet.name}`,
    field,
    before: running[field] ?? null,
    after,
  }));
}

export function environment({ containers }: VpcCniScene['daemonSet']): Readonly<Record<string, string>> {
  return containers.find(({ name, init }) => !init && name === 'aws-node')?.env ?? {};
}

function rolledOut({ namespace, name }: VpcCniScene['daemonSet'], env: Readonly<Record<string, string>>): string {
  const values = Object.entries(env).map(([key, value]) => `${key}=${value}`);
  return `${namespace}/${name} runs with ${values.join(' and ')}, and its rollout is over: every agent is of the newest template and ready.`;
}

function sourceOf(
  owner: RemediationOwner,
  env: Readonly<Record<string, string>>,
  daemonSet: VpcCniScene['daemonSet'],
): { sourcePatch?: SourcePatch } {
  return owner.kind === 'owned' ? { sourcePatch: settingsSource(owner, env, daemonSet) } : {};
}
