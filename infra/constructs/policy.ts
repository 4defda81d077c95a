import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { AwsPermission, Permissions } from '#lib/model/permissions.ts';

/** What of cniwatch's own its code may be granted. */
export interface HubResources {
  readonly bucket: IBucket;
  readonly table: ITable;
  readonly bus: IEventBus;
  /** Only where somebody is notified. */
  readonly notified?: Notified;
}

/** By their ARNs: what the function that notifies receives from, publishes to and signs with. */
export interface Notified {
  readonly queue: string;
  readonly topics: readonly string[];
  readonly secrets: readonly string[];
}

/** The statements that grant what code declares, no action and no resource more; one statement for each resource and condition. */
export function policyStatements(declared: readonly Permissions[], hub: HubResources): PolicyStatement[] {
  const grants = new Map<string, { permission: AwsPermission; actions: Set<string> }>();
  for (const permission of declared.flatMap(({ aws }) => aws)) {
    const key = JSON.stringify([permission.resource, permission.conditions ?? {}]);
    const grant = grants.get(key) ?? { permission, actions: new Set() };
    grants.set(key, { permission, actions: grant.actions.add(permission.action) });
  }
  return [...grants.values()].flatMap(({ permission, actions }) => {
    const resources = resourceArns(permission.resource, hub);
    // No target of its kind: nothing to grant.
    if (resources.length === 0) return [];
    const conditions = permission.conditions ? { conditions: { StringLike: permission.conditions } } : {};
    return [new PolicyStatement({ actions: [...actions].sort(), resources, ...conditions })];
  });
}

/** Of the hub's runs: the state machine bears the name of its stack, so that the functions it invokes can be told of it. */
function executionArn(stack: Stack, name: string): string {
  const resourceName = `${stack.stackName}:${name}`;
  return stack.formatArn({ service: 'states', resource: 'execution', resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}

/** The hub may assume roles of these names only, in whatever account trusts it. */
const MEMBER_ROLES = 'cniwatch-*';

function resourceArns(resource: AwsPermission['resource'], hub: HubResources): string[] {
  if (resource === 'queue' || resource === 'topic' || resource === 'secret') return notifiedArns(resource, hub.notified);
  return [resourceArn(resource, hub)];
}

function notifiedArns(resource: 'queue' | 'topic' | 'secret', notified: Notified | undefined): string[] {
  if (notified === undefined) return [];
  const { queue, topics, secrets } = notified;
  return [...{ queue: [queue], topic: topics, secret: secrets }[resource]];
}

/** A fleet may span Regions, so a Region is left open; the account is the hub's own. */
function resourceArn(
  resource: Exclude<AwsPermission['resource'], 'queue' | 'topic' | 'secret'>,
  { bucket, table, bus }: HubResources,
): string {
  const eks = (name: string) => Stack.of(bucket).formatArn({ service: 'eks', region: '*', resource: name });
  switch (resource) {
    case '*':
      return '*';
    case 'cluster':
      return eks('cluster/*');
    case 'member-role':
      return Stack.of(bucket).formatArn({ service: 'iam', region: '', account: '*', resource: `role/${MEMBER_ROLES}` });
    case 'nodegroup':
      return eks('nodegroup/*/*/*');
    case 'addon':
      return eks('addon/*/*/*');
    case 'bucket':
      return bucket.bucketArn;
    case 'table':
      return table.tableArn;
    case 'event-bus':
      return bus.eventBusArn;
    case 'execution':
      return executionArn(Stack.of(bucket), '*');
    default:
      return bucket.arnForObjects(resource.slice('bucket/'.length));
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
