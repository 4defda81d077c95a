import { expect, test } from 'vitest';
import { parseConfig } from '#lib/config/config.ts';
import { resolved, resourcesOf, synthesisedHub, type Template } from '#test/infra/synthesised-hub.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:oncall';
const CHAT = 'arn:aws:sns:eu-central-1:444455556666:chat';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:hook-AbCdEf';
const ALARMS = 'arn:aws:sns:eu-west-1:111122223333:alarms';
const TARGETS = `notifications:
  - { kind: sns, topic: '${TOPIC}' }
  - { kind: sns, topic: '${TOPIC}', name: night, minimumSeverity: critical }
  - { kind: chat, topic: '${CHAT}' }
  - { kind: webhook, url: 'https://hooks.example.com/cniwatch', secret: '${SECRET}' }
`;
const hubWith = (configText: string): Template =>
  synthesisedHub({ configText, config: parseConfig(configText, 'cniwatch.yaml'), alarmTopicArn: ALARMS });
const hub = hubWith(TARGETS);
const named = (template: Template, type: string, id: RegExp) =>
  resourcesOf(template, type)
    .filter(([name]) => id.test(name))
    .map(([, { Properties }]) => resolved(Properties));

/** `action on resource` of the role of the notify function, less its log and traces. */
function grants(template: Template): string[] {
  const policies = named(template, 'AWS::IAM::Policy', /^NotificationsNotifyRole/) as {
    PolicyDocument: { Statement: { Action: string | string[]; Resource: string | string[] }[] };
  }[];
  return policies
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Action, Resource }) => [Action].flat().flatMap((action) => [Resource].flat().map((arn) => `${action} on ${arn}`)))
    .filter((grant) => !/^(logs|xray):/.test(grant))
    .sort();
}

test('nothing of it is deployed where nobody is to be told', () => {
  const quiet = synthesisedHub();
  expect(Object.keys(quiet.Resources).filter((id) => id.startsWith('Notifications'))).toEqual([]);
  expect(quiet.Outputs).not.toHaveProperty('NotifyRoleArn');
  expect(hub.Outputs).toHaveProperty('NotifyRoleArn');
});

test('the bus delivers every event of a finding to an encrypted queue, and what cannot be delivered to another', () => {
  expect(named(hub, 'AWS::Events::Rule', /./)).toEqual([
    expect.objectContaining({
      EventBusName: expect.stringMatching(/^Events/),
      EventPattern: { source: ['cniwatch'], 'detail-type': ['Finding Opened', 'Finding Escalated', 'Finding Resolved'] },
      Targets: [
        expect.objectContaining({
          Arn: expect.stringContaining('NotificationsEvents'),
          DeadLetterConfig: { Arn: expect.stringContaining('NotificationsDead') },
        }),
      ],
    }),
  ]);
  const [queue] = named(hub, 'AWS::SQS::Queue', /^NotificationsEvents/);
  expect(queue).toMatchObject({
    SqsManagedSseEnabled: true,
    MessageRetentionPeriod: 14 * 24 * 3600,
    VisibilityTimeout: 720,
    RedrivePolicy: { deadLetterTargetArn: expect.stringContaining('NotificationsDead'), maxReceiveCount: 25 },
  });
});

test('the function takes the queue in batches of which each event may fail alone, and sends each minute', () => {
  expect(named(hub, 'AWS::Lambda::EventSourceMapping', /./)).toMatchObject([
    { BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] },
  ]);
  expect(named(hub, 'AWS::Scheduler::Schedule', /^Notifications/)).toMatchObject([
    { ScheduleExpression: 'rate(1 minute)', Target: { Input: '{"deliver":true}', RetryPolicy: { MaximumRetryAttempts: 0 } } },
  ]);
  expect(named(hub, 'AWS::Lambda::Function', /^NotificationsNotify/)).toMatchObject([{ Timeout: 120, MemorySize: 256 }]);
});

test('its role holds exactly the topics and secrets of the configuration', () => {
  const table = 'arn:aws:dynamodb:eu-west-1:111122223333:table/State';
  const queue = expect.stringContaining('NotificationsEvents');
  expect(grants(hub)).toEqual([
    'cloudwatch:PutMetricData on *',
    ...['DeleteItem', 'PutItem', 'Query', 'UpdateItem'].map((action) => `dynamodb:${action} on ${table}`),
    's3:GetObject on arn:aws:s3:::runs/config/cniwatch.yaml',
    's3:GetObject on arn:aws:s3:::runs/runs/*/targets.json',
    's3:ListBucket on arn:aws:s3:::runs',
    `secretsmanager:GetSecretValue on ${SECRET}`,
    `sns:Publish on ${CHAT}`,
    `sns:Publish on ${TOPIC}`,
    queue,
    queue,
    queue,
  ]);
});

test('a kind of target that nobody has is granted nothing', () => {
  const services = grants(hubWith(`notifications: [{ kind: sns, topic: '${TOPIC}' }]`)).map((grant) => grant.split(':')[0]);
  expect(services).toContain('sns');
  expect(services).not.toContain('secretsmanager');
});

test.each(['NotificationsFailed', 'NotifyErrors', 'EventsUndelivered'])('the alarm %s tells the topic of alarms', (name) => {
  expect(named(hub, 'AWS::CloudWatch::Alarm', new RegExp(`^Notifications${name}`))).toMatchObject([
    { TreatMissingData: 'notBreaching', AlarmActions: [ALARMS], AlarmDescription: expect.stringMatching(/\.$/) },
  ]);
});
