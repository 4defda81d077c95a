import { READER_GROUP } from '#lib/collect/cluster-role.ts';
import type { Cluster } from '#lib/collect/kubernetes/reader.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { AccessEntries } from '#lib/onboard/access-entries.ts';
import { awsAuthEntry, planEntry, planRemoval } from '#lib/onboard/access-entry.ts';
import { applyStanding, changeOf, deleteStanding, type ObjectStanding, standings } from '#lib/onboard/cluster-objects.ts';
import type { ManifestObject } from '#lib/onboard/manifest.ts';
import type { Step, StepOptions } from '#lib/onboard/step.ts';

export interface Onboarding {
  readonly cluster: Cluster;
  readonly entries: AccessEntries;
  /** Of the cluster: API, API_AND_CONFIG_MAP or CONFIG_MAP. */
  readonly authenticationMode: string | undefined;
  /** Who is to be let in. */
  readonly roleArn: string;
  readonly manifest: readonly ManifestObject[];
}

/** What letting a role in takes, in order. Nothing is changed yet. @throws ReadFailure */
export async function onboardingSteps(onboarding: Onboarding): Promise<readonly Step[]> {
  const objects = await standings(onboarding.cluster, onboarding.manifest);
  const entry = await entryStep(onboarding);
  return [entry, ...(await Promise.all(objects.map((each) => applyStep(onboarding.cluster, each, objects))))];
}

/** What takes away that which onboarding made, in order. Nothing is changed yet. @throws ReadFailure */
export async function offboardingSteps(onboarding: Onboarding): Promise<readonly Step[]> {
  const objects = await standings(onboarding.cluster, onboarding.manifest);
  const there = objects.filter(({ standing }) => standing !== 'absent');
  // The last that was made goes first: a namespace after what is in it.
  return [await removalStep(onboarding), ...there.toReversed().map((each) => deleteStep(onboarding.cluster, each))];
}

async function entryStep({ entries, authenticationMode, roleArn }: Onboarding): Promise<Step> {
  const existing = authenticationMode === 'CONFIG_MAP' ? undefined : await entries.describe();
  const plan = planEntry(authenticationMode, existing, READER_GROUP);
  const entry = `access entry of ${roleArn}`;
  switch (plan.action) {
    case 'create':
      return {
        outcome: 'create',
        what: `${entry}, in the group ${READER_GROUP}`,
        run: unlessDry(() => entries.create([READER_GROUP])),
      };
    case 'keep':
      return { outcome: 'keep', what: `${entry}: it is in the group ${READER_GROUP}` };
    case 'add-group': {
      const had = plan.had.length === 0 ? 'no groups' : plan.had.join(', ');
      return {
        outcome: 'change',
        what: `${entry}: it has ${had}, and gets ${READER_GROUP} besides`,
        run: unlessDry(() => entries.setGroups(plan.groups)),
      };
    }
    case 'map-in-aws-auth': {
      const what =
        "role mapping in kube-system/aws-auth: the cluster's authentication mode CONFIG_MAP takes no access entries, and cniwatch never edits that ConfigMap. Add to its mapRoles:";
      return { outcome: 'by hand', what, text: awsAuthEntry(roleArn, READER_GROUP) };
    }
    case 'refuse':
      throw new ReadFailure('AlreadyExists', `${roleArn} cannot be let in: ${plan.reason}.`, 'Give another role by --role.');
  }
}

async function removalStep({ entries, authenticationMode, roleArn }: Onboarding): Promise<Step> {
  const existing = authenticationMode === 'CONFIG_MAP' ? undefined : await entries.describe();
  const policies = existing === undefined ? [] : await entries.policies();
  const plan = planRemoval(authenticationMode, existing && { ...existing, policies }, READER_GROUP);
  const entry = `access entry of ${roleArn}`;
  switch (plan.action) {
    case 'keep':
      return { outcome: 'keep', what: `${entry}: ${plan.reason}` };
    case 'delete':
      return { outcome: 'delete', what: entry, run: unlessDry(entries.remove) };
    case 'remove-group':
      return {
        outcome: 'change',
        what: `${entry}: it loses the group ${READER_GROUP} and is otherwise left, since others use it`,
        run: unlessDry(() => entries.setGroups(plan.groups)),
      };
    case 'unmap-in-aws-auth':
      return {
        outcome: 'by hand',
        what: 'role mapping in kube-system/aws-auth, which cniwatch never edits. Take out of its mapRoles:',
        text: awsAuthEntry(roleArn, READER_GROUP),
      };
  }
}

async function applyStep(cluster: Cluster, each: ObjectStanding, all: readonly ObjectStanding[]): Promise<Step> {
  const { object, standing } = each;
  const { namespace } = object.metadata;
  const outcome = await changeOf(cluster, each);
  const made = standing === 'of somebody else' ? ', which somebody else made: offboard will leave it' : '';
  if (outcome === 'keep') return { outcome, what: `${nameOf(object)}: it is as it should be${made}` };
  const homeless = all.some(
    (other) => other.standing === 'absent' && other.object.kind === 'Namespace' && other.object.metadata.name === namespace,
  );
  return {
    outcome,
    what: `${nameOf(object)}${made}`,
    run: async (options) => {
      // A dry run makes no namespaces, and a server refuses what would be in them.
      if (!(options.dryRun && homeless)) await applyStanding(cluster, each, options);
    },
  };
}

function deleteStep(cluster: Cluster, each: ObjectStanding): Step {
  const what = nameOf(each.object);
  if (each.standing !== 'ours') return { outcome: 'keep', what: `${what}: onboard did not make it` };
  return { outcome: 'delete', what, run: (options) => deleteStanding(cluster, each, options) };
}

function nameOf({ kind, metadata: { name, namespace } }: ManifestObject): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** EKS has no dry runs. */
const unlessDry =
  (change: () => Promise<void>) =>
  async ({ dryRun }: StepOptions): Promise<void> => {
    if (!dryRun) await change();
  };
