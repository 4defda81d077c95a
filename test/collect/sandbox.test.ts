/** Whole collections through the real SDK clients and an EKS token, from the sandbox; and what goes wrong there. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AwsClients, awsClients } from '#lib/collect/aws/clients.ts';
import { collect } from '#lib/collect/collect.ts';
import { COLLECTORS } from '#lib/collect/collectors.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import { READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { discoverCluster, discoverRegion } from '#lib/discover/discover.ts';
import { parseSnapshot, SLICE_KEYS, type SliceKey, type Snapshot } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';
import type { Fault, FaultAnswer } from '#lib/sandbox/fault.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';

const REGION = 'eu-west-1';

let sandbox: Sandbox;
let clients: AwsClients;
let targets: readonly Target[];
const lifting: (() => void)[] = [];

beforeAll(async () => {
  sandbox = await startSandbox(embeddedFleet(new Date()));
  Object.assign(process.env, sandbox.environment);
  clients = awsClients({ region: REGION });
  targets = await discoverRegion({ region: REGION }, clients);
});
afterEach(() => {
  for (const lift of lifting.splice(0)) lift();
});
afterAll(async () => {
  for (const client of Object.values(clients ?? {})) client.destroy();
  await sandbox?.close();
});

function inject(fault: Fault): void {
  lifting.push(sandbox.inject(fault));
}

function collectFrom(
  target: Target,
  { deadlineMs = 60_000, aws = clients }: { deadlineMs?: number; aws?: AwsClients } = {},
): Promise<Snapshot> {
  const credentials = {
    accessKeyId: sandbox.environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: sandbox.environment['AWS_SECRET_ACCESS_KEY'] ?? '',
  };
  return collect(target, { aws, kubernetes: eksAccess({ target, credentials }), deadlineMs });
}

function aTarget(): Target {
  const [target] = targets;
  if (target === undefined) throw new Error('the fleet is empty');
  return target;
}

function failures({ slices }: Snapshot): Partial<Record<SliceKey, string>> {
  return Object.fromEntries(
    SLICE_KEYS.flatMap((key) => (slices[key].ok || slices[key].code === 'NotEnabled' ? [] : [[key, slices[key].code]])),
  );
}

describe('the embedded fleet', () => {
  it('is five clusters, found by name and by pattern', async () => {
    expect(targets).toHaveLength(5);
    for (const target of targets) {
      expect(await discoverCluster({ region: REGION, name: target.name }, clients)).toEqual(target);
      expect(await discoverRegion({ region: REGION, names: [`${target.name.slice(0, 3)}*`] }, clients)).toContainEqual(target);
    }
  });

  it('is collected whole, every cluster of it, into Snapshots that their parser takes', async () => {
    for (const target of targets) {
      const snapshot = await collectFrom(target);
      expect(failures(snapshot)).toEqual({});
      const { slices } = parseSnapshot(JSON.stringify(snapshot));
      for (const key of ['subnets', 'networkInterfaces', 'instances', 'instanceTypes', 'nodes', 'pods', 'daemonSets'] as const) {
        expect(slices[key], `${key} of ${target.name}`).toMatchObject({
          ok: true,
          data: expect.arrayContaining([expect.anything()]),
        });
      }
    }
  });

  it('is asked for no more than the collectors declare, and counts what it is asked', async () => {
    const before = sandbox.calls();
    const snapshot = await collectFrom(aTarget());
    const after = sandbox.calls();
    const made = Object.entries(after).flatMap(([call, count]) =>
      count > (before[call] ?? 0) ? [[call, count - (before[call] ?? 0)]] : [],
    );
    const counted: Record<string, number> = {};
    for (const { calls } of snapshot.collectors) {
      for (const [call, count] of Object.entries(calls)) counted[call] = (counted[call] ?? 0) + count;
    }
    expect(counted).toEqual(Object.fromEntries(made));
    const allowed = READ_PERMISSIONS.aws.map(({ action }) => action);
    for (const call of Object.keys(counted)) if (!call.startsWith('GET ')) expect(allowed).toContain(call);
  });
});

const OF_KUBERNETES = SLICE_KEYS.slice(SLICE_KEYS.indexOf('nodes')).filter((key) => !COLLECTORS[key].optIn);

function eachOf(keys: readonly SliceKey[], code: string): Partial<Record<SliceKey, string>> {
  return Object.fromEntries(keys.map((key) => [key, code]));
}

const error = (code: string, status: number): FaultAnswer => ({ kind: 'error', code, status, message: 'said the sandbox' });

describe('bad input', () => {
  const faults: readonly [string, Fault, Partial<Record<SliceKey, string>>, RegExp][] = [
    [
      'access denied on one call of many',
      { on: 'ec2:DescribeNetworkAcls', answer: error('UnauthorizedOperation', 403) },
      { networkAcls: 'AccessDenied' },
      /Allow the action ec2:DescribeNetworkAcls/,
    ],
    [
      'access denied on one call of EKS',
      { on: 'eks:ListAddons', answer: error('AccessDeniedException', 403) },
      { addons: 'AccessDenied' },
      /Allow the action eks:ListAddons/,
    ],
    [
      'expired credentials',
      { on: 'ec2:*', answer: error('RequestExpired', 400) },
      {
        ...eachOf(['vpc', 'subnets', 'instances', 'networkAcls', 'instanceTypes'], 'ExpiredCredentials'),
        ...eachOf(
          ['networkInterfaces', 'securityGroups', 'securityGroupRules', 'subnetCidrReservations', 'prefixLists'],
          'InputMissing',
        ),
      },
      /Sign in again/,
    ],
    [
      '401 from Kubernetes',
      { on: 'GET /*', answer: error('Unauthorized', 401) },
      { ...eachOf(OF_KUBERNETES, 'Unauthorized'), podMetrics: 'InputMissing' },
      /cniwatch onboard --cluster/,
    ],
    [
      '403 from Kubernetes',
      { on: 'GET /api/v1/pods', answer: error('Forbidden', 403) },
      { pods: 'Forbidden' },
      /verb list on pods/,
    ],
    [
      'an API server that hangs up',
      { on: 'GET /*', answer: { kind: 'drop' } },
      { ...eachOf(OF_KUBERNETES, 'ClusterUnreachable'), podMetrics: 'InputMissing' },
      /endpoint is public/,
    ],
    [
      'a page token of EC2 that loops',
      { on: 'ec2:DescribeNetworkAcls', answer: { kind: 'loop' } },
      { networkAcls: 'PageTokenLoop' },
      /Run again/,
    ],
    [
      'a page token of EKS that loops',
      { on: 'eks:ListNodegroups', answer: { kind: 'loop' } },
      { nodegroups: 'PageTokenLoop' },
      /Run again/,
    ],
    [
      'a page token of Kubernetes that loops',
      { on: 'GET /api/v1/pods', answer: { kind: 'loop' } },
      { pods: 'PageTokenLoop' },
      /Run again/,
    ],
    [
      'a body of EC2 cut in the middle',
      { on: 'ec2:DescribeNetworkAcls', answer: { kind: 'truncate' } },
      { networkAcls: 'TruncatedResponse' },
      /network path/,
    ],
    [
      'a body of Kubernetes cut in the middle',
      { on: 'GET /api/v1/pods', answer: { kind: 'truncate' } },
      { pods: 'TruncatedResponse' },
      /load balancer/,
    ],
    [
      'HTML where XML was due',
      { on: 'ec2:DescribeNetworkAcls', answer: { kind: 'html', status: 200 } },
      { networkAcls: 'UnexpectedResponse' },
      /sign-in page/,
    ],
    [
      'HTML where JSON was due, from EKS',
      { on: 'eks:ListAddons', answer: { kind: 'html', status: 200 } },
      { addons: 'UnexpectedResponse' },
      /sign-in page/,
    ],
    [
      'HTML where JSON was due, from Kubernetes',
      { on: 'GET /api/v1/pods', answer: { kind: 'html', status: 200 } },
      { pods: 'UnexpectedResponse' },
      /sign-in page/,
    ],
    [
      'throttling that does not end',
      { on: 'GET /api/v1/pods', answer: { kind: 'error', code: 'TooManyRequests', status: 429, retryAfterSeconds: 0 } },
      { pods: 'Throttled' },
      /Priority and Fairness/,
    ],
  ];
  it.each(faults)('%s is named, says what to do, and the rest goes on', async (_, fault, expected, remedy) => {
    inject(fault);
    const snapshot = await collectFrom(aTarget());
    expect(failures(snapshot)).toEqual(expected);
    const reports = snapshot.collectors.filter(({ ok }) => !ok);
    expect(reports.map(({ remedy: stated }) => stated)).toContainEqual(expect.stringMatching(remedy));
    for (const { reason } of reports) expect(reason).not.toMatch(/\n|\bat .*:\d+/);
    expect(() => parseSnapshot(JSON.stringify(snapshot))).not.toThrow();
  });

  const passing: readonly [string, Fault][] = [
    ['EC2 throttles once', { on: 'ec2:*', times: 1, answer: error('RequestLimitExceeded', 503) }],
    ['EKS throttles once', { on: 'eks:*', times: 1, answer: error('ThrottlingException', 429) }],
    ['Kubernetes answers 503 once', { on: 'GET /*', times: 1, answer: error('ServiceUnavailable', 503) }],
    ['Kubernetes hangs up once', { on: 'GET /api/v1/pods', times: 1, answer: { kind: 'drop' } }],
    ['a body is cut once', { on: 'GET /api/v1/pods', times: 1, answer: { kind: 'truncate' } }],
  ];
  it.each(passing)('nothing is missing where %s', async (_, fault) => {
    inject(fault);
    expect(failures(await collectFrom(aTarget()))).toEqual({});
  });

  it('no credentials are named by every AWS source, and Kubernetes goes on', async () => {
    const none = () =>
      Promise.reject(
        Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' }),
      );
    const without = awsClients({ region: REGION, credentials: none });
    await expect(discoverCluster({ region: REGION, name: aTarget().name }, without)).rejects.toMatchObject({
      code: 'NoCredentials',
    });
    const snapshot = await collectFrom(aTarget(), { aws: { ...without, eks: clients.eks } });
    expect(failures(snapshot)).toMatchObject(eachOf(['vpc', 'subnets', 'instances', 'networkAcls'], 'NoCredentials'));
    expect(snapshot.slices.pods.ok).toBe(true);
  });

  it('an unknown cluster is named, with the near ones', async () => {
    const { name } = aTarget();
    await expect(discoverCluster({ region: REGION, name: `${name}x` }, clients)).rejects.toMatchObject({
      code: 'ClusterNotFound',
      remedy: expect.stringContaining(name),
    });
  });

  it('what never answers is over at the deadline', async () => {
    inject({ on: 'GET /api/v1/pods', answer: { kind: 'hang' } });
    inject({ on: 'ec2:DescribeNetworkAcls', answer: { kind: 'hang' } });
    const snapshot = await collectFrom(aTarget(), { deadlineMs: 2_000 });
    expect(failures(snapshot)).toMatchObject({ pods: 'DeadlineExceeded', networkAcls: 'DeadlineExceeded' });
    expect(snapshot.slices.cluster.ok).toBe(true);
  });
});

it('a cluster of the same name in another account is not taken for the one that was asked for', async () => {
  const asked = { ...aTarget(), account: '999988887777', arn: aTarget().arn.replace(aTarget().account, '999988887777') };
  expect((await collectFrom(asked)).slices.cluster).toMatchObject({
    ok: false,
    code: 'UnexpectedResponse',
    reason: expect.stringContaining(`where ${asked.arn} was asked for`),
  });
});
