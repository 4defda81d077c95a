import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Aws, type Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName } from '#infra/constructs/bundling.ts';
import { type HubResources, hubGrants, policyStatements, whyWildcard } from '#infra/constructs/policy.ts';
import { acknowledgeWildcards } from '#infra/constructs/wildcards.ts';
import type { Permissions } from '#lib/model/permissions.ts';

export interface PipelineFunctionProps {
  readonly name: FunctionName;
  readonly description: string;
  /** The folder of its `index.mjs`. */
  readonly bundle: string;
  readonly hub: HubResources;
  readonly memoryMiB: number;
  readonly timeout: Duration;
  /** All that its code declares. */
  readonly permissions: readonly Permissions[];
  /** A name for the function and its role, where others have to know it beforehand. */
  readonly named?: string;
  /** Beside what the code declares. */
  readonly statements?: readonly PolicyStatement[];
  /** Beside, or instead of, what names the hub. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * One step of the flow as a Lambda function, with a role of its own that holds what the code declares, its own log and its traces.
 * No concurrency is reserved: the Map bounds how many run, and a reservation fails in accounts whose limit is low.
 */
export class PipelineFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, { name, bundle, hub, permissions, named, ...props }: PipelineFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', { retention: RetentionDays.ONE_MONTH });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What cniwatch ${name} calls, and nothing else`,
      ...(named === undefined ? {} : { roleName: named }),
    });
    const statements = [
      ...policyStatements(permissions, hubGrants(this, hub)),
      ...(props.statements ?? []),
      new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] }),
      // X-Ray offers no resource for these (service authorization reference).
      new PolicyStatement({ actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], resources: ['*'] }),
    ];
    for (const statement of statements) this.role.addToPrincipalPolicy(statement);
    acknowledgeWildcards(this.role, statements, whyWildcard);
    this.lambda = new LambdaFunction(this, 'Function', {
      description: props.description,
      ...(named === undefined ? {} : { functionName: named }),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(bundle, { assetHash: contentHash(bundle) }),
      memorySize: props.memoryMiB,
      timeout: props.timeout,
      role: this.role.withoutPolicyUpdates(),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      environment: {
        CNIWATCH_ACCOUNT: Aws.ACCOUNT_ID,
        CNIWATCH_BUCKET: hub.bucket.bucketName,
        CNIWATCH_TABLE: hub.table.tableName,
        CNIWATCH_EVENT_BUS: hub.bus.eventBusName,
        NODE_OPTIONS: '--enable-source-maps',
        ...props.environment,
      },
    });
  }
}

/** Of the module alone: its source map holds paths that differ with the output folder. */
function contentHash(bundle: string): string {
  return createHash('sha256')
    .update(readFileSync(join(bundle, 'index.mjs')))
    .digest('hex');
}
