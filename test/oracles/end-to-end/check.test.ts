import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterRole } from '#lib/collect/cluster-role.ts';
import { READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { type Assessment, type AssessmentDocument, assessmentDocument } from '#lib/model/assessment.ts';
import { OPT_IN_SOURCES } from '#lib/model/collector.ts';
import { SLICE_KEYS, type SliceKey } from '#lib/model/snapshot.ts';
import { apply } from '../kubernetes/apply.ts';
import { type KubeApiServer, startKubeApiServer, VIEWERS } from '../kubernetes/server.ts';
import { type Moto, startMoto } from '../moto/server.ts';
import { buildShopInAws, type ShopInAws } from './shop-in-aws.ts';
import { shopInKubernetes } from './shop-in-kubernetes.ts';

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let moto: Moto;
let api: KubeApiServer;
let shop: ShopInAws;
beforeAll(async () => {
  moto = await startMoto({ account: ACCOUNT, region: REGION });
  api = await startKubeApiServer({ cluster: 'shop-prod', identities: [] });
  shop = await buildShopInAws(moto, REGION);
  await apply(api.admin, [...clusterRole(VIEWERS, READ_PERMISSIONS.kubernetes), ...shopInKubernetes(shop, new Date())]);
});
afterAll(async () => {
  await api?.stop();
  await moto?.stop();
});

/** As a person runs it in the checkout. */
function cniwatch(...args: readonly string[]): Promise<Ran> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...moto.environment };
  return new Promise((resolve) => {
    execFile('npx', ['cniwatch', ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const isOptIn = (key: SliceKey) => OPT_IN_SOURCES.some((source) => source === key);

const check = (...more: readonly string[]) =>
  cniwatch('check', '--region', REGION, '--cluster', 'shop-prod', '--kubeconfig', api.kubeconfig, ...more);

describe('cniwatch check --output json, against moto and a real API server', () => {
  let ran: Ran;
  let cluster: Assessment;
  beforeAll(async () => {
    ran = await check('--output', 'json');
    if (!ran.stdout.startsWith('{')) throw new Error(`no document, exit code ${ran.code}: ${ran.stderr}`);
    const [only, ...others] = (JSON.parse(ran.stdout) as AssessmentDocument).clusters;
    expect(others).toEqual([]);
    expect(only).toBeDefined();
    if (only !== undefined) cluster = only;
  });

  test('prints a document that its own schema takes, and nothing else', () => {
    expect(assessmentDocument.safeParse(JSON.parse(ran.stdout)).error).toBeUndefined();
    expect(cluster).toMatchObject({ account: ACCOUNT, region: REGION, name: 'shop-prod', verdict: 'critical' });
    expect(ran.code).toBe(2);
  });

  test('reports every collector; only the add-ons and the insights, which moto has not, could not be read', () => {
    expect(cluster.collectors.map(({ id }) => id).sort()).toEqual(SLICE_KEYS.filter((key) => !isOptIn(key)).sort());
    expect(cluster.collectors.filter(({ ok }) => !ok).map(({ id }) => id)).toEqual(['addons', 'insights']);
    expect(cluster.collectors.find(({ id }) => id === 'pods')).toMatchObject({ calls: { 'GET /api/v1/pods': 1 }, pages: 1 });
  });

  test('finds the full subnet, and its sibling ok', () => {
    const verdicts = new Map(
      cluster.findings.filter((one) => one.check === 'subnet-ip-exhaustion').map((one) => [one.resource.id, one.verdict]),
    );
    expect(verdicts).toEqual(
      new Map([
        [shop.full.subnetId, 'critical'],
        [shop.roomy.subnetId, 'ok'],
      ]),
    );
  });

  test.each([
    ['subnet-prefix-fragmentation', ['ok', 'ok']],
    ['node-ip-capacity', ['ok', 'ok']],
    ['max-pods-mismatch', ['ok', 'ok']],
    ['dns-security-groups', ['ok', 'ok']],
    // The first is the add-on, which could not be read.
    ['coredns', ['unknown', 'ok', 'ok']],
    ['cni-agents', ['ok']],
  ])('%s: %o', (id, verdicts) => {
    expect(cluster.findings.filter((one) => one.check === id).map((one) => one.verdict)).toEqual(verdicts);
  });

  test('counts the waiting pod at its node', () => {
    const node = cluster.findings.find(
      (one) =>
        one.check === 'node-ip-capacity' && one.resource.id.startsWith(`ip-${shop.full.node.address.replaceAll('.', '-')}.`),
    );
    expect(node?.evidence).toMatchObject({ mode: 'secondary-ip', eniMax: 3, ipAssigned: 4, ipInUse: 2, podsWaiting: 1 });
  });
});

test('a rule that is gone closes DNS, and the next run says which one', async () => {
  await shop.revokeOwnIngress();
  const { code, stdout } = await check('--output', 'json', '--check', 'dns-security-groups');
  const findings = (JSON.parse(stdout) as AssessmentDocument).clusters.flatMap((one) => one.findings);
  // CoreDNS runs on both nodes, and a pod still reaches the one on its own node.
  expect(code).toBe(1);
  expect(findings.map((one) => one.verdict)).toEqual(['warning', 'warning']);
  expect(findings[0]?.evidence).toMatchObject({ blockedBy: expect.stringContaining(shop.groupId) });
});

test('an unknown cluster is named, with the ones that there are', async () => {
  const { code, stdout, stderr } = await cniwatch('check', '--region', REGION, '--cluster', 'shop-prdo', '--output', 'json');
  expect(code).toBe(3);
  expect(stdout).toBe('');
  expect(stderr).toContain('shop-prod');
});
