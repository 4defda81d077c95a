import { type Drift, driftOf, writeAgent } from '#lib/sandbox/addon-agent.ts';
import { known } from '#lib/sandbox/addon-catalogue.ts';
import { type Configuration, readConfiguration } from '#lib/sandbox/addon-configuration.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import { isRolledOut } from '#lib/sandbox/controllers/daemon-set.ts';
import type { EksUpdate, UpdateError } from '#lib/sandbox/eks-updates.ts';
import type { LiveCluster } from '#lib/sandbox/live-world.ts';
import type { JsonObject } from '#lib/sandbox/world.ts';

interface Request {
  readonly addonVersion?: string;
  readonly configurationValues?: string;
  readonly serviceAccountRoleArn?: string;
  readonly resolveConflicts?: string;
  readonly clientRequestToken?: string;
  readonly podIdentityAssociations?: readonly { readonly serviceAccount: string; readonly roleArn: string }[];
}

interface Addon extends JsonObject {
  readonly status?: string;
  readonly addonVersion?: string;
  readonly configurationValues?: string;
}

const DAEMON_SETS = { apiVersion: 'apps/v1', plural: 'daemonsets' };

/**
 * Begins the update of an add-on. A role that is left out is taken away, associations that are given replace all others, and
 * configuration that is left out stays. Source: Amazon EKS API Reference, UpdateAddon.
 * @throws AwsError ResourceNotFoundException, ResourceInUseException while another update runs, InvalidParameterException
 */
export function updateAddon(cluster: LiveCluster, name: string, request: Request): EksUpdate {
  const { live } = cluster;
  const subject = { cluster: cluster.name, addon: name };
  const addon = addonOf(cluster, name);
  const repeated = live.updates.begunBy(subject, request.clientRequestToken);
  if (repeated !== undefined) return repeated;
  if (addon.status === 'UPDATING')
    throw new AwsError('ResourceInUseException', `Addon ${name} cannot be updated as it is currently in UPDATING state`, 409);
  const { addonVersion, resolveConflicts = 'NONE' } = request;
  if (addonVersion !== undefined && !known(live.world, name).includes(addonVersion))
    throw new AwsError('InvalidParameterException', `Addon version specified is not supported: ${addonVersion}`);
  if (!['NONE', 'OVERWRITE', 'PRESERVE'].includes(resolveConflicts))
    throw new AwsError('InvalidParameterException', `ResolveConflicts is invalid: ${resolveConflicts}`);
  readConfiguration(name, request.configurationValues);
  const update = live.updates.begin(subject, request.clientRequestToken, {
    type: 'AddonUpdate',
    params: paramsOf(request),
    createdAt: live.agenda.time.getTime() / 1000,
  });
  editAddon(cluster, name, { ...addon, status: 'UPDATING' });
  live.agenda.after(live.pace.updateStart, () => carryOut(cluster, name, { before: addon, request, id: update.id }));
  return update;
}

/** @throws AwsError ResourceNotFoundException */
function addonOf({ now: { addons } }: LiveCluster, name: string): Addon {
  const addon = Object.hasOwn(addons, name) ? (addons[name] as Addon) : undefined;
  if (addon === undefined) throw new AwsError('ResourceNotFoundException', `No addon: ${name} found in cluster`, 404);
  return addon;
}

const PARAMS = [
  ['AddonVersion', 'addonVersion'],
  ['ServiceAccountRoleArn', 'serviceAccountRoleArn'],
  ['ResolveConflicts', 'resolveConflicts'],
  ['ConfigurationValues', 'configurationValues'],
] as const;

function paramsOf(request: Request): EksUpdate['params'] {
  return PARAMS.flatMap(([type, field]) => {
    const value = request[field];
    return value === undefined ? [] : [{ type, value }];
  });
}

interface Begun {
  readonly before: Addon;
  readonly request: Request;
  readonly id: string;
}

function carryOut(cluster: LiveCluster, name: string, { before, request, id }: Begun): void {
  const { live } = cluster;
  const mode = request.resolveConflicts ?? 'NONE';
  const wanted = readConfiguration(name, request.configurationValues ?? before.configurationValues);
  const drift = name === 'vpc-cni' ? driftOf(cluster, readConfiguration(name, before.configurationValues), wanted) : [];
  if (mode === 'NONE' && drift.length > 0) {
    const fields = drift.map(({ env }) => `.spec.template.spec.containers[name="aws-node"].env[name="${env}"].value`);
    const said = `Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts:\nDaemonSet.apps aws-node - ${fields.join('\n')}`;
    fail(cluster, name, id, { before, error: { errorCode: 'ConfigurationConflict', errorMessage: said, resourceIds: [] } });
    return;
  }
  editAddon(cluster, name, { ...updated(cluster, before, request), status: 'UPDATING' });
  if (name === 'vpc-cni') apply(cluster, wanted, { drift: mode === 'PRESERVE' ? drift : [], version: request.addonVersion });
  follow(cluster, name, { id, deadline: live.agenda.elapsed + live.pace.updateDeadline });
}

function updated({ name, live }: LiveCluster, before: Addon, request: Request): Addon {
  const { serviceAccountRoleArn: _, ...rest } = before;
  const { addonVersion, configurationValues, serviceAccountRoleArn, podIdentityAssociations } = request;
  const { account, region } = live.world;
  return {
    ...rest,
    ...(addonVersion === undefined ? {} : { addonVersion }),
    ...(configurationValues === undefined ? {} : { configurationValues }),
    ...(serviceAccountRoleArn === undefined ? {} : { serviceAccountRoleArn }),
    ...(podIdentityAssociations === undefined
      ? {}
      : {
          podIdentityAssociations: podIdentityAssociations.map(
            ({ serviceAccount }) => `arn:aws:eks:${region}:${account}:podidentityassociation/${name}/a-${serviceAccount}`,
          ),
        }),
    modifiedAt: live.agenda.time.getTime() / 1000,
  };
}

function apply(
  cluster: LiveCluster,
  wanted: Configuration,
  kept: { drift: readonly Drift[]; version: string | undefined },
): void {
  const daemonSet = cluster.store.get(DAEMON_SETS, 'kube-system', 'aws-node');
  if (daemonSet !== undefined) cluster.store.replace(DAEMON_SETS, writeAgent(daemonSet, wanted, kept));
}

/** Looks again and again whether the agents run as they are to. */
function follow(cluster: LiveCluster, name: string, { id, deadline }: { id: string; deadline: number }): void {
  const { live, store } = cluster;
  const daemonSet = name === 'vpc-cni' ? store.get(DAEMON_SETS, 'kube-system', 'aws-node') : undefined;
  if (daemonSet === undefined || isRolledOut(daemonSet)) {
    live.updates.end(id);
    editAddon(cluster, name, { ...addonOf(cluster, name), status: 'ACTIVE', health: { issues: [] } });
  } else if (live.agenda.elapsed >= deadline) {
    const errorMessage = `The add-on is unhealthy because it doesn't have the desired number of replicas.`;
    const error = { errorCode: 'InsufficientNumberOfReplicas', errorMessage, resourceIds: [] };
    fail(cluster, name, id, { before: addonOf(cluster, name), error });
  } else live.agenda.after(live.pace.updatePoll, () => follow(cluster, name, { id, deadline }));
}

function fail(cluster: LiveCluster, name: string, id: string, { before, error }: { before: Addon; error: UpdateError }): void {
  const { errorCode: code, errorMessage: message, resourceIds } = error;
  cluster.live.updates.end(id, [error]);
  editAddon(cluster, name, { ...before, status: 'UPDATE_FAILED', health: { issues: [{ code, message, resourceIds }] } });
}

function editAddon({ live, name: cluster }: LiveCluster, name: string, addon: Addon): void {
  live.editCluster(cluster, ({ addons }) => ({ addons: { ...addons, [name]: addon } }));
}
