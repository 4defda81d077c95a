/**
 * The hub, deployed by the CDK and started by its own schedule, on an emulator that enforces IAM. EKS and EC2 are the sandbox; the API
 * server of one cluster is a real one, entered with the token of the function's own role.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, DescribeStateMachineCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assessmentDocument } from '#lib/model/assessment.ts';
import { FINDING_EVENTS } from '#lib/model/event.ts';
import { CONFIG_KEY } from '#lib/publish/run-keys.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import type { EksIdentity } from '../oracles/kubernetes/eks-authenticator.ts';
import { loadCluster } from '../oracles/kubernetes/load-cluster.ts';
import { type KubeApiServer, startKubeApiServer, VIEWERS } from '../oracles/kubernetes/server.ts';
import { type Clients, clientsOf } from './clients.ts';
import { deploy, destroy, type Outputs } from './deploy.ts';
import { allowPutMetricData } from './emulator-gaps.ts';
import { type DeliveredEvent, listenTo } from './events-queue.ts';
import { eventually } from './eventually.ts';
import { functionIdentity } from './function-identity.ts';
import { type MiniStack, startMiniStack } from './ministack/ministack.ts';
import { aPhone, type Phone } from './phone.ts';

const STACK = 'CniwatchHub';
const REAL = 'identity-prod';
/** Its API server takes connections and answers nothing. */
const SILENT = 'media-staging';
/** A finding opens with the first bad run, somebody is told at once, and a cluster has fifteen seconds. */
const config = (topic: string) => `
collect:
  deadlineSeconds: 15
schedules:
  check: rate(1 minute)
state:
  openAfter: { bad: 1, of: 1 }
notifications:
  - kind: sns
    topic: ${topic}
    minimumSeverity: critical
    batchMinutes: 0
`;
const world = embeddedFleet(new Date());
const { account, region } = world;
const identities: EksIdentity[] = [];

let api: KubeApiServer;
let sandbox: Sandbox;
let cloud: MiniStack;
let clients: Clients;
let hub: Outputs;
let phone: Phone;
let delivered: () => Promise<readonly DeliveredEvent[]>;

beforeAll(async () => {
  const cluster = world.clusters.find(({ name }) => name === REAL);
  if (cluster === undefined) throw new Error(`the fleet has no ${REAL}`);
  const { serviceIpv4Cidr: serviceCidr } = cluster.eks['kubernetesNetworkConfig'] as { serviceIpv4Cidr: string };
  api = await startKubeApiServer({ cluster: REAL, identities, serviceCidr });
  await loadCluster(api, cluster);
  const certificateAuthorityData = Buffer.from(api.certificate.cert).toString('base64');
  sandbox = await startSandbox(world, { entries: { [REAL]: { endpoint: api.server, certificateAuthorityData } } });
  sandbox.inject({ on: 'GET *', cluster: SILENT, answer: { kind: 'hang' } });
  const { endpoint } = sandbox;
  cloud = await startMiniStack({
    account,
    region,
    forFunctions: {
      AWS_ENDPOINT_URL_EC2: endpoint,
      AWS_ENDPOINT_URL_EKS: endpoint,
      AWS_ENDPOINT_URL_AUTO_SCALING: endpoint,
      AWS_ENDPOINT_URL_SERVICE_QUOTAS: endpoint,
    },
  });
  clients = clientsOf(cloud);
  phone = await aPhone(clients);
  const Body = config(phone.topic);
  const file = join(cloud.folder, 'cniwatch.yaml');
  await writeFile(file, Body);
  // The emulator does not run the CDK's function that copies files.
  hub = await deploy(cloud, STACK, { config: file, writeConfig: 'false' });
  await clients.s3.send(new PutObjectCommand({ Bucket: hub['BucketName'] ?? '', Key: CONFIG_KEY, Body }));
  await allowPutMetricData(clients, STACK);
  delivered = await listenTo(clients, hub['EventBusArn'] ?? '');
  identities.push(functionIdentity({ ...(await checkCluster()), groups: [VIEWERS] }));
});
afterAll(async () => {
  await cloud?.stop();
  await sandbox?.close();
  await api?.stop();
});

/** The function that a run's children invoke, from the deployed definition. */
async function checkCluster(): Promise<{ functionArn: string; roleArn: string }> {
  const stateMachineArn = hub['PipelineArn'] ?? '';
  const { definition = '' } = await clients.sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const functionArn = /arn:aws:lambda:[^"]+CheckCluster[^"]+/.exec(definition)?.[0] ?? '';
  return { functionArn, roleArn: hub['ReaderRoleArn'] ?? '' };
}

/** The first execution, once it has ended: nobody but the schedule starts any. */
const firstRun = () =>
  eventually(async () => {
    const stateMachineArn = hub['PipelineArn'] ?? '';
    const { executions = [] } = await clients.sfn.send(new ListExecutionsCommand({ stateMachineArn }));
    const ended = executions.filter(({ status }) => status !== 'RUNNING').at(-1);
    return ended && clients.sfn.send(new DescribeExecutionCommand({ executionArn: ended.executionArn ?? '' }));
  });

/** Of the first run. */
async function summary() {
  const found = (await keys('runs/')).filter((key) => key.endsWith('/summary.json')).sort();
  return assessmentDocument.parse(await json(found[0] ?? ''));
}

async function keys(prefix: string): Promise<string[]> {
  const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: hub['BucketName'] ?? '', Prefix: prefix }));
  return Contents.map(({ Key = '' }) => Key);
}

async function json(key: string): Promise<unknown> {
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: hub['BucketName'] ?? '', Key: key }));
  return JSON.parse((await Body?.transformToString()) ?? '');
}

test('its own schedule starts a run, which succeeds', async () => {
  const { status, error, cause } = await firstRun();
  expect([status, error, cause]).toEqual(['SUCCEEDED', undefined, undefined]);
});

test('every cluster of the fleet is judged in the summary, and has its Snapshot', async () => {
  const { clusters } = await summary();
  const names = world.clusters.map(({ name }) => name).sort();
  expect(clusters.map(({ name }) => name).sort()).toEqual(names);
  expect(new Set((await keys('snapshots/')).map((key) => key.split('/')[3]))).toEqual(new Set(names));
});

test('the API server that is a real one let the function in by its role, and was read', async () => {
  expect(api.refusals).toEqual([]);
  const { clusters } = await summary();
  const real = clusters.find(({ name }) => name === REAL);
  expect(real?.collectors.filter(({ ok, id }) => !ok && /^(nodes|pods|events|daemonSets)$/.test(id))).toEqual([]);
});

test('the cluster that answers nothing met its own deadline, is unknown, and held up no other', async () => {
  const { clusters } = await summary();
  const [silent, ...others] = clusters.toSorted(({ name }) => (name === SILENT ? -1 : 1));
  expect(silent?.collectors.filter(({ code }) => code === 'DeadlineExceeded').map(({ id }) => id)).toContain('nodes');
  expect(silent?.summary.unknown).toBeGreaterThan(0);
  for (const { collectors } of others) expect(collectors.filter(({ code }) => code === 'DeadlineExceeded')).toEqual([]);
});

test('the findings that opened are told on the bus, in the published shape', async () => {
  const events = await eventually(async () => {
    const some = await delivered();
    return some.length > 0 ? some : undefined;
  });
  for (const { 'detail-type': type, detail } of events) {
    expect(type).toBe('Finding Opened');
    expect(FINDING_EVENTS['Finding Opened'].parse(detail).cluster.account).toBe(account);
  }
});

test('whoever is on call is told in one message what is critical, and where', async () => {
  const [message, ...others] = await eventually(async () => {
    const some = await phone.read();
    return some.length > 0 ? some : undefined;
  });
  expect(others).toEqual([]);
  expect(message).toContain('payments-prod');
  expect(message).toMatch(/critical/i);
});

test('what the run says of itself stands in CloudWatch', async () => {
  const published = await eventually(async () => {
    const { MetricDataResults = [] } = await clients.cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(Date.now() - 3600_000),
        EndTime: new Date(Date.now() + 60_000),
        MetricDataQueries: ['RunCompleted', 'ClustersMissing'].map((name, index) => ({
          Id: `m${index}`,
          MetricStat: {
            Metric: {
              Namespace: 'CNIWatch',
              MetricName: name,
              Dimensions: [
                { Name: 'Account', Value: account },
                { Name: 'Region', Value: region },
              ],
            },
            Period: 60,
            Stat: 'Maximum',
          },
        })),
      }),
    );
    return MetricDataResults.every(({ Values = [] }) => Values.length > 0) ? MetricDataResults : undefined;
  });
  expect(published.map(({ Values }) => Values?.at(-1))).toEqual([1, 0]);
});

test('it is taken down again, and what it saw stays', async () => {
  await destroy(cloud, STACK);
  await expect(checkCluster()).rejects.toThrow(/StateMachine/i);
  expect(await keys('snapshots/')).not.toEqual([]);
});
