/** What onboarding does to a real API server: its server-side apply, its RBAC, and what its SelfSubjectAccessReviews say. */
import { lookup } from 'node:dns/promises';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COLLECTORS } from '#lib/collect/collectors.ts';
import { connect } from '#lib/collect/kubernetes/connection.ts';
import type { Cluster } from '#lib/collect/kubernetes/reader.ts';
import { DEFAULT_COLLECT_SETTINGS } from '#lib/model/collect-settings.ts';
import { OPT_IN_SOURCES } from '#lib/model/collector.ts';
import { SLICE_KEYS, type SliceKey } from '#lib/model/snapshot.ts';
import type { AccessEntries } from '#lib/onboard/access-entries.ts';
import { type AccessEntry, MADE_BY_ONBOARD } from '#lib/onboard/access-entry.ts';
import { missing } from '#lib/onboard/diagnosis.ts';
import { examine } from '#lib/onboard/examine.ts';
import { onboardingManifest } from '#lib/onboard/manifest.ts';
import { placeOf } from '#lib/onboard/place.ts';
import type { Step } from '#lib/onboard/step.ts';
import { type Onboarding, offboardingSteps, onboardingSteps } from '#lib/onboard/steps.ts';
import { apply } from './apply.ts';
import { collectFrom, identity, TARGET, waysInto } from './collect-from.ts';
import { type KubeApiServer, startKubeApiServer } from './server.ts';

const ROLE = 'arn:aws:iam::111122223333:role/reader';
/** What the access entry gives whoever assumes the role: nothing, before onboarding. */
const groups: string[] = [];
const READER = { ...identity('reader', ''), groups };
/** Nothing runs the canary's pods here: they are made, and waited for no longer than must be. */
const SETTINGS = { ...DEFAULT_COLLECT_SETTINGS, canary: { ...DEFAULT_COLLECT_SETTINGS.canary, timeoutSeconds: 5 } };
const MANIFEST = onboardingManifest(OPT_IN_SOURCES, SETTINGS);
const CLUSTER_ROLE = '/apis/rbac.authorization.k8s.io/v1/clusterroles/cniwatch-readers';
const SOMEBODY_ELSES = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'cniwatch-canary', labels: { team: 'shop' } } };

let api: KubeApiServer;
let administered: Cluster;
beforeAll(async () => {
  api = await startKubeApiServer({ cluster: TARGET.name, identities: [READER] });
  const authorization = async () => `Bearer ${api.adminToken}`;
  const connection = connect({ server: api.server, tls: { ca: api.certificate.cert }, authorization });
  administered = { connection, advice: { unreachable: '', unauthorized: '' }, signal: new AbortController().signal };
  await apply(api.admin, [SOMEBODY_ELSES]);
});
afterAll(async () => {
  administered?.connection.close();
  await api?.stop();
});

/** EKS's access entry of the role, in memory: the API server's webhook knows its groups. */
let entry: AccessEntry | undefined;
const entries: AccessEntries = {
  describe: async () => entry,
  policies: async () => [],
  create: async (kubernetesGroups) => {
    entry = { principalArn: ROLE, type: 'STANDARD', kubernetesGroups, tags: MADE_BY_ONBOARD };
    groups.push(...kubernetesGroups);
  },
  setGroups: async (kubernetesGroups) => {
    groups.splice(0, groups.length, ...kubernetesGroups);
  },
  remove: async () => {
    entry = undefined;
    groups.length = 0;
  },
};
const onboarding = (): Onboarding => ({
  cluster: administered,
  entries,
  authenticationMode: 'API',
  roleArn: ROLE,
  manifest: MANIFEST,
});

/** Takes the steps, and answers with what each was. */
async function take(steps: readonly Step[], { dryRun = false, force = false } = {}): Promise<string[]> {
  for (const { run } of steps) await run?.({ dryRun, force });
  return steps.map(({ outcome, what }) => `${outcome}: ${what}`);
}
const onboard = async (options = {}) => take(await onboardingSteps(onboarding()), options);
const offboard = async () => take(await offboardingSteps(onboarding()));

/** The objects of the manifest as the server has them, by their paths. */
async function standing(): Promise<ReadonlyMap<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const { path } of MANIFEST.map(placeOf)) {
    const { status, body } = await api.admin.request('GET', path);
    if (status === 200) found.set(path, body);
  }
  return found;
}

const KUBERNETES: readonly SliceKey[] = SLICE_KEYS.filter((key) => COLLECTORS[key].permissions.kubernetes.length > 0);

/** Kubernetes slices that were not read, with why. */
async function unread(): Promise<readonly string[]> {
  const { slices } = await collectFrom(api, READER, { optIn: OPT_IN_SOURCES, settings: SETTINGS });
  return KUBERNETES.flatMap((key) => {
    const slice = slices[key];
    return slice.ok ? [] : [`${key}: ${slice.code} ${slice.reason}`];
  });
}

async function lacks(): Promise<readonly string[]> {
  const sts = new STSClient({ region: TARGET.region, credentials: READER });
  mockClient(sts).on(GetCallerIdentityCommand).resolves({ Arn: READER.arn });
  const { signal } = new AbortController();
  const ports = { sts, signal, now: () => new Date(), lookup: (host: string) => lookup(host, { all: true }) };
  const diagnosis = await examine(TARGET, { ...waysInto(api, READER), ...ports, deadlineMs: 60_000, optIn: OPT_IN_SOURCES });
  expect(diagnosis.symptoms.filter(({ verdict }) => verdict === 'critical')).toEqual([]);
  return missing(diagnosis, 'rbac');
}

/** RBAC's own cache follows a change within moments: asked until it does. */
async function until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
  }
}

test('a dry run is tried by the server and makes nothing', async () => {
  const steps = await onboard({ dryRun: true });
  expect(steps.filter((step) => !step.startsWith('create: '))).toEqual([
    'change: Namespace cniwatch-canary, which somebody else made: offboard will leave it',
  ]);
  expect([[...(await standing()).keys()], groups]).toEqual([['/api/v1/namespaces/cniwatch-canary'], []]);
});

test('before, no source that lists is read', async () => {
  expect(await unread()).toContainEqual(expect.stringMatching(/^pods: Forbidden /));
});

test('with what onboarding makes, and nothing else, every Kubernetes source is read', async () => {
  await onboard();
  expect((await standing()).size).toBe(MANIFEST.length);
  expect(groups).toEqual(['cniwatch-readers']);
  expect(await until(unread, (failures) => !failures.some((each) => each.includes('Forbidden')))).toEqual([]);
  expect(await lacks()).toEqual([]);
});

test('a second time, each object is kept as it is, to its version', async () => {
  const before = await standing();
  const steps = await onboard();
  expect(steps.filter((step) => !step.startsWith('keep: '))).toEqual([]);
  expect(steps).toContain('keep: ClusterRole cniwatch-readers: it is as it should be');
  expect(await standing()).toEqual(before);
});

test('a right that somebody took out of the ClusterRole is named by doctor, and no other, and comes back by force alone', async () => {
  const { body } = await api.admin.request('GET', CLUSTER_ROLE);
  const { rules } = body as { rules: readonly { readonly resources: readonly string[] }[] };
  const without = rules.map((rule) => ({ ...rule, resources: rule.resources.filter((each) => each !== 'endpointslices') }));
  const left = without.filter(({ resources }) => resources.length > 0);
  expect((await api.admin.request('PATCH', CLUSTER_ROLE, { rules: left })).status).toBe(200);
  expect(await until(lacks, (names) => names.length > 0)).toEqual(['list endpointslices.discovery.k8s.io']);
  await expect(onboard()).rejects.toMatchObject({ code: 'AlreadyExists', remedy: expect.stringContaining('--force-conflicts') });
  const changes = (await onboard({ force: true })).filter((step) => !step.startsWith('keep: '));
  expect(changes).toEqual(['change: ClusterRole cniwatch-readers']);
  expect(await until(lacks, (names) => names.length === 0)).toEqual([]);
});

test('offboarding removes what onboarding made, and leaves what somebody else did', async () => {
  const steps = await offboard();
  expect(steps.filter((step) => !step.startsWith('delete: '))).toEqual([
    'keep: Namespace cniwatch-canary: onboard did not make it',
  ]);
  const rest = new Map([...(await standing())].filter(([, object]) => !isTerminating(object)));
  expect([...rest.keys()]).toEqual(['/api/v1/namespaces/cniwatch-canary']);
  expect(groups).toEqual([]);
});

/** No controller empties and ends a namespace here. */
const isTerminating = (object: unknown): boolean =>
  (object as { readonly metadata: { readonly deletionTimestamp?: string } }).metadata.deletionTimestamp !== undefined;
