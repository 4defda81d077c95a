import { expect, test } from 'vitest';
import { resolved, resourcesOf, synthesisedHub } from '#test/infra/synthesised-hub.ts';

const hub = synthesisedHub();
const one = (type: string, id = /./) => {
  const found = resourcesOf(hub, type).filter(([logicalId]) => id.test(logicalId));
  expect(found).toHaveLength(1);
  return { ...found[0]?.[1], Properties: resolved(found[0]?.[1].Properties) } as { DeletionPolicy?: string; Properties: unknown };
};

test('the bucket is private, encrypted, versioned, outlives the stack, and forgets', () => {
  const { Properties, DeletionPolicy } = one('AWS::S3::Bucket');
  expect(DeletionPolicy).toBe('Retain');
  expect(Properties).toMatchObject({
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    VersioningConfiguration: { Status: 'Enabled' },
    LifecycleConfiguration: {
      Rules: [
        { Prefix: 'snapshots/', ExpirationInDays: 30, Status: 'Enabled' },
        { Prefix: 'history/', ExpirationInDays: 30, Status: 'Enabled' },
        { Prefix: 'runs/', ExpirationInDays: 90, Status: 'Enabled' },
        { Prefix: 'reports/', ExpirationInDays: 400, Status: 'Enabled' },
        { NoncurrentVersionExpiration: { NoncurrentDays: 7 }, Status: 'Enabled' },
      ],
    },
  });
});

test.each([
  ['without TLS', { Bool: { 'aws:SecureTransport': 'false' } }],
  ['below TLS 1.2', { NumericLessThan: { 's3:TlsVersion': 1.2 } }],
])('the bucket refuses requests %s', (_title, Condition) => {
  expect(one('AWS::S3::BucketPolicy').Properties).toMatchObject({
    PolicyDocument: {
      Statement: expect.arrayContaining([expect.objectContaining({ Effect: 'Deny', Action: 's3:*', Condition })]),
    },
  });
});

test('the table outlives the stack, can be restored to any second, forgets what expired, and is paid by the request', () => {
  const { Properties, DeletionPolicy } = one('AWS::DynamoDB::Table');
  expect(DeletionPolicy).toBe('Retain');
  expect(Properties).toMatchObject({
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    DeletionProtectionEnabled: true,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  });
});

test('the bus of events bears the name of the stack', () => {
  expect(one('AWS::Events::EventBus').Properties).toMatchObject({ Name: 'Hub' });
});

test.each([
  ['Discover', 512, 120],
  ['CheckCluster', 1024, 900],
  ['Summarise', 1024, 300],
])('%s runs on Node 24, arm64, %i MiB, at most %i s, traced and logged', (name, MemorySize, Timeout) => {
  expect(one('AWS::Lambda::Function', new RegExp(`^${name}`)).Properties).toMatchObject({
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    MemorySize,
    Timeout,
    TracingConfig: { Mode: 'Active' },
    LoggingConfig: { LogFormat: 'JSON', LogGroup: expect.stringMatching(new RegExp(`^${name}Log`)) },
    Environment: {
      Variables: {
        CNIWATCH_ACCOUNT: '111122223333',
        CNIWATCH_BUCKET: expect.stringMatching(/^Runs/),
        CNIWATCH_TABLE: expect.stringMatching(/^State/),
        CNIWATCH_EVENT_BUS: expect.stringMatching(/^Events/),
      },
    },
  });
});

test('every log is kept for a stated time', () => {
  const logs = resourcesOf(hub, 'AWS::Logs::LogGroup');
  expect(logs).toHaveLength(4);
  for (const [, { Properties }] of logs) expect(Properties).toMatchObject({ RetentionInDays: 30 });
});

test('a run starts every five minutes; a start that fails is retried, then kept in a queue', () => {
  expect(one('AWS::Scheduler::Schedule').Properties).toMatchObject({
    ScheduleExpression: 'rate(5 minutes)',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 1 },
    State: 'ENABLED',
    Target: {
      Arn: expect.stringContaining(':stateMachine:'),
      RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 300 },
      DeadLetterConfig: { Arn: expect.stringContaining('Undelivered') },
    },
  });
  expect(one('AWS::SQS::Queue').Properties).toMatchObject({ SqsManagedSseEnabled: true });
});

test('the state machine is Standard, traced, and logs its errors', () => {
  expect(one('AWS::StepFunctions::StateMachine').Properties).toMatchObject({
    StateMachineType: 'STANDARD',
    TracingConfiguration: { Enabled: true },
    LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: true },
  });
});

test('the outputs say what an operator needs next', () => {
  expect(Object.keys(hub.Outputs).sort()).toEqual([
    'BucketName',
    'EventBusArn',
    'PipelineArn',
    'ReaderRoleArn',
    'StateTableName',
  ]);
});

test('nothing but the pipeline is deployed where no configuration is given', () => {
  expect(
    Object.keys(Object.groupBy(Object.values(hub.Resources), ({ Type }) => Type)).filter((type) => type.startsWith('Custom')),
  ).toEqual([]);
});

test('the settings reach the template', () => {
  const set = synthesisedHub({
    schedule: { check: 'cron(0/15 6-20 ? * MON-FRI *)', timezone: 'Europe/Berlin' },
    maxConcurrency: 3,
    configText: 'fleet: []\n',
    alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms',
  });
  const properties = (type: string) => resourcesOf(set, type).map(([, { Properties }]) => resolved(Properties));
  expect(properties('AWS::Scheduler::Schedule')).toMatchObject([
    {
      ScheduleExpression: 'cron(0/15 6-20 ? * MON-FRI *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 900 } },
    },
  ]);
  expect(properties('AWS::StepFunctions::StateMachine')).toMatchObject([
    { DefinitionString: expect.stringContaining('"maxConcurrency":"{% 3 %}"') },
  ]);
  expect(properties('Custom::CDKBucketDeployment')).toMatchObject([{ DestinationBucketKeyPrefix: 'config', Prune: false }]);
});
