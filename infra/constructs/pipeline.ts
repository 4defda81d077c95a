import { ArnFormat, Duration, Fn, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  Choice,
  Condition,
  DefinitionBody,
  DistributedMap,
  Fail,
  JitterType,
  JsonPath,
  LogLevel,
  Pass,
  type RetryProps,
  S3JsonItemReader,
  StateMachine,
  StateMachineType,
  Succeed,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { StepName } from '#infra/constructs/bundling.ts';
import { checkInRunner, HAS_RUNNER, HAS_RUNNER_ELSEWHERE, runnerStatements } from '#infra/constructs/check-in-runner.ts';
import { acknowledgeWildcards } from '#infra/constructs/wildcards.ts';
import { targetsKey } from '#lib/publish/run-keys.ts';

export interface PipelineProps {
  readonly functions: Readonly<Record<StepName, IFunction>>;
  readonly bucket: IBucket;
  /** At the most: discover lowers it where an account and Region has too many clusters for it. */
  readonly maxConcurrency: number;
}

/** Faults of the Lambda service, which a second invocation cures. Source: Step Functions guide, "Handle transient Lambda service exceptions". */
const LAMBDA_SERVICE_RETRY: RetryProps = {
  errors: [
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.TooManyRequestsException',
  ],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxAttempts: 4,
  jitterStrategy: JitterType.FULL,
};

const MAP_LABEL = 'check-cluster';

/** The start and the name of the execution: sorts by time, and the same when a state is tried again. */
const RUN_ID = "{% $replace($states.context.Execution.StartTime, ':', '') & '-' & $states.context.Execution.Name %}";

/** When the schedule meant the start; of one by hand, or whose input holds no time there, its own. */
const SCHEDULED_AT =
  '{% $contains($states.input.scheduledAt, /^\\d{4}-\\d\\d-\\d\\dT/) ? $states.input.scheduledAt : $states.context.Execution.StartTime %}';

/** discover -> check-cluster for each target -> summarise. Each state answers with a value on which the next Choice decides. */
export function pipeline(scope: Construct, { functions, bucket, maxConcurrency }: PipelineProps): StateMachine {
  const step = (name: StepName, comment: string, payload: Readonly<Record<string, string>>, outputs: string) => {
    const lambdaFunction = functions[name];
    const input = TaskInput.fromObject({ ...payload });
    const options = { lambdaFunction, comment, payload: input, outputs, retryOnServiceExceptions: false };
    return LambdaInvoke.jsonata(scope, name, options).addRetry(LAMBDA_SERVICE_RETRY);
  };
  const result = '{% $states.result.Payload %}';

  const failed = Pass.jsonata(scope, 'check-cluster failed', {
    comment: 'One cluster never stops the others: summarise finds no result of it and calls it unknown',
    outputs: "{% 'failed' %}",
  });
  const checkCluster = step(
    'check-cluster',
    'collect, evaluate and publish one cluster; its result stands in the bucket',
    { runId: '{% $states.input.runId %}', target: '{% $states.input.target %}' },
    '{% $states.result.Payload.outcome %}',
  ).addCatch(failed, { errors: ['States.ALL'] });
  const inRunner = (name: string, elsewhere: boolean) =>
    checkInRunner(scope, { name, elsewhere, otherwise: 'check-cluster' }).addRetry(LAMBDA_SERVICE_RETRY);
  const where = Choice.jsonata(scope, 'in a runner?')
    .when(Condition.jsonata(HAS_RUNNER_ELSEWHERE), inRunner("check-cluster in another account's runner", true))
    .when(Condition.jsonata(HAS_RUNNER), inRunner('check-cluster in a runner', false))
    .otherwise(checkCluster);

  // In JSONPath, alone among the states: it is the older and better travelled language of a Map's reader.
  const checkFleet = DistributedMap.jsonPath(scope, 'check every cluster', {
    comment: 'Reads the targets from the bucket and runs check-cluster for each',
    label: MAP_LABEL,
    mapExecutionType: StateMachineType.STANDARD,
    maxConcurrencyPath: '$.concurrency',
    toleratedFailurePercentage: 100,
    itemReader: targetsReader(bucket),
    itemSelector: { runId: JsonPath.stringAt('$.runId'), target: JsonPath.objectAt('$$.Map.Item.Value') },
    resultPath: JsonPath.DISCARD,
  }).itemProcessor(where);

  const summarise = step(
    'summarise',
    'Compares the results with the targets and publishes what the run says of itself',
    { runId: '{% $states.input.runId %}', unread: '{% $states.input.unread %}' },
    "{% $merge([$states.result.Payload, {'unread': $states.input.unread}]) %}",
  );

  const refused = Fail.jsonata(scope, 'refused', {
    comment: 'The configuration or the input of a step is not valid: the cause says where',
    error: '{% $states.input.outcome %}',
    cause: '{% $states.input.reason %}',
  });
  const regionsUnread = Fail.jsonata(scope, 'Regions unread', {
    comment: 'The other Regions were checked and summed up; the run fails so that somebody sees it',
    error: 'RegionsUnread',
    cause: "{% $join($states.input.unread.(region & ': ' & reason & ' ' & remedy), '\\n') %}",
  });

  const finish = Choice.jsonata(scope, 'every Region read?')
    .when(Condition.jsonata("{% $states.input.outcome != 'summarised' %}"), refused)
    .when(Condition.jsonata('{% $count($states.input.unread) > 0 %}'), regionsUnread)
    .otherwise(Succeed.jsonata(scope, 'done'));
  summarise.next(finish);

  const skipped = Succeed.jsonata(scope, 'skipped', { comment: 'The last run is still under way, or this start came twice' });
  const discover = {
    runId: RUN_ID,
    scheduledAt: SCHEDULED_AT,
    execution: '{% $states.context.Execution.Id %}',
    maxConcurrency: `{% ${maxConcurrency} %}`,
  };
  const start = step(
    'discover',
    "Lets one run in at a time, and lists the fleet's clusters into its targets",
    discover,
    result,
  ).next(
    Choice.jsonata(scope, 'any targets?')
      .when(Condition.jsonata("{% $states.input.outcome = 'skipped' %}"), skipped)
      .when(Condition.jsonata("{% $states.input.outcome != 'discovered' %}"), refused)
      .when(Condition.jsonata('{% $states.input.count > 0 %}'), checkFleet.next(summarise))
      .otherwise(summarise),
  );

  const machine = new StateMachine(scope, 'Pipeline', {
    stateMachineName: Stack.of(scope).stackName,
    comment: 'cniwatch: discover, check every cluster, summarise',
    definitionBody: DefinitionBody.fromChainable(start),
    stateMachineType: StateMachineType.STANDARD,
    // Shorter than the lease that a run holds.
    timeout: Duration.hours(1),
    tracingEnabled: true,
    logs: {
      destination: new LogGroup(scope, 'PipelineLog', {
        logGroupName: `/aws/vendedlogs/states/${Stack.of(scope).stackName}`,
        retention: RetentionDays.ONE_MONTH,
      }),
      level: LogLevel.ERROR,
      includeExecutionData: true,
    },
  });
  const runners = runnerStatements(Stack.of(scope));
  for (const statement of runners) machine.addToRolePolicy(statement);
  acknowledgeWildcards(machine, runners, () => 'Runners are made apart from the hub, in whatever VPC; their names begin alike.');
  acknowledge(machine, Object.values(functions), bucket);
  return machine;
}

/** What the role of the pipeline holds with a wildcard, and what it logs. */
function acknowledge(machine: StateMachine, functions: readonly IFunction[], bucket: IBucket): void {
  const name = Fn.select(6, Fn.split(':', machine.stateMachineArn));
  const execution = (resourceName: string) =>
    Stack.of(machine).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  const acknowledged: readonly { resources: string[]; reason: string }[] = [
    { resources: ['*'], reason: 'Log deliveries and X-Ray take no resource (service authorization reference).' },
    { resources: functions.map(({ functionArn }) => `${functionArn}:*`), reason: 'The versions of exactly the three functions.' },
    {
      resources: [bucket.arnForObjects(targetsKey('*'))],
      reason: "A run's targets: the id of the run is known at run time only.",
    },
    {
      resources: [execution(`${name}:*`), execution(`${name}/${MAP_LABEL}:*`)],
      reason: 'A Distributed Map starts, watches and stops executions of its own state machine, whose names it makes up.',
    },
  ];
  for (const { resources, reason } of acknowledged) acknowledgeWildcards(machine, [{ resources }], () => reason);
  Validations.of(machine).acknowledge({
    id: 'AwsSolutions-SF1',
    reason:
      'Errors are logged with their data; every event of a thousand children every few minutes would cost more than the checks.',
  });
}

/** Reads a run's targets, and may read nothing else of the bucket. */
function targetsReader(bucket: IBucket): S3JsonItemReader {
  const reader = new S3JsonItemReader({ bucket, key: JsonPath.stringAt('$.key') });
  const statement = new PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects(targetsKey('*'))] });
  return Object.assign(reader, { providePolicyStatements: () => [statement] });
}
