import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { AwsPermission, Permissions } from '#lib/model/permissions.ts';

/** What of cniwatch's own its code may be granted. */
export interface HubResources {
  readonly bucket: IBucket;
  readonly table: ITable;
  readonly bus: IEventBus;
  /** The roles of other accounts that may be assumed. */
  readonly memberRoles: readonly GrantedResource[];
  /** Only where somebody is notified. */
  readonly notified?: Notified;
}

/** By their ARNs: what the function that notifies receives from, publishes to and signs with. */
export interface Notified {
  readonly queue: string;
  readonly topics: readonly string[];
  readonly secrets: readonly string[];
}

/** ARNs, and condition keys that must hold besides. */
export interface GrantedResource {
  readonly arns: readonly string[];
  readonly conditions?: Readonly<Record<string, string>>;
}

/** What a declared resource is in a stack: nothing, one grant, or several where conditions differ. */
type ResourceGrants = (resource: AwsPermission['resource']) => readonly GrantedResource[];

/** The statements that grant what code declares, no action and no resource more; one statement for each resource and condition. */
export function policyStatements(declared: readonly Permissions[], resources: ResourceGrants): PolicyStatement[] {
  const grants = new Map<string, Required<GrantedResource> & { readonly actions: Set<string> }>();
  for (const { action, resource, conditions: declaredConditions } of declared.flatMap(({ aws }) => aws)) {
    for (const { arns, conditions: narrowed } of resources(resource)) {
      const conditions = { ...declaredConditions, ...narrowed };
      const key = JSON.stringify([resource, conditions]);
      const { actions } = grants.get(key) ?? { actions: new Set<string>() };
      grants.set(key, { arns, conditions, actions: actions.add(action) });
    }
  }
  return [...grants.values()].map(({ arns, conditions, actions }) => {
    const narrowed = Object.keys(conditions).length > 0 ? { conditions: { StringLike: conditions } } : {};
    return new PolicyStatement({ actions: [...actions].sort(), resources: [...arns], ...narrowed });
  });
}

/** For what works for a hub: the hub's own resources, and the clusters of the account that `scope` is deployed to. */
export function hubGrants(scope: Construct, hub: HubResources): ResourceGrants {
  return (resource) => {
    if (resource === 'member-role') return hub.memberRoles;
    const arns = [clusterArn(scope, resource) ?? ownArns(resource, hub)].flat();
    // No target of its kind: nothing to grant.
    return arns.length === 0 ? [] : [{ arns }];
  };
}

/** For an account that is only read: its clusters, and nothing of cniwatch's own. */
export function memberGrants(scope: Construct): ResourceGrants {
  return (resource) => {
    const arn = clusterArn(scope, resource);
    if (arn === undefined) throw new Error(`${resource} is the hub's: nobody who only reads has it`);
    return [{ arns: [arn] }];
  };
}

/** Of the hub's runs: the state machine bears the name of its stack, so that the functions it invokes can be told of it. */
function executionArn(stack: Stack, name: string): string {
  const resourceName = `${stack.stackName}:${name}`;
  return stack.formatArn({ service: 'states', resource: 'execution', resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}

/** A fleet may span Regions, so a Region is left open; the account is the stack's own. Undefined for what is the hub's. */
function clusterArn(scope: Construct, resource: AwsPermission['resource']): string | undefined {
  const eks = (name: string) => Stack.of(scope).formatArn({ service: 'eks', region: '*', resource: name });
  switch (resource) {
    case '*':
      return '*';
    case 'cluster':
      return eks('cluster/*');
    case 'nodegroup':
      return eks('nodegroup/*/*/*');
    case 'addon':
      return eks('addon/*/*/*');
    default:
      return undefined;
  }
}

function ownArns(resource: AwsPermission['resource'], { bucket, table, bus, notified }: HubResources): readonly string[] {
  switch (resource) {
    case 'bucket':
      return [bucket.bucketArn];
    case 'table':
      return [table.tableArn];
    case 'event-bus':
      return [bus.eventBusArn];
    case 'execution':
      return [executionArn(Stack.of(bucket), '*')];
    case 'queue':
      return notified ? [notified.queue] : [];
    case 'topic':
      return notified?.topics ?? [];
    case 'secret':
      return notified?.secrets ?? [];
    default:
      return [bucket.arnForObjects(resource.slice('bucket/'.length))];
  }
}

/** Why a declared resource has a wildcard, for the acknowledgement of it. */
export function whyWildcard(arn: string): string {
  if (arn === '*')
    return 'These actions take no resource (service authorization reference); conditions narrow them where AWS has one.';
  if (arn.includes(':states:')) return 'The runs of this stack, whose names are made when they start.';
  if (arn.includes(':iam:'))
    return 'The accounts stand in cniwatch.yaml, which is read at run time; each role itself says whom it trusts.';
  if (arn.includes(':eks:')) return 'The clusters of the fleet are found at run time, in any Region of this account.';
  return 'The keys hold the run and the cluster, which are known at run time only; the prefix is fixed.';
}
