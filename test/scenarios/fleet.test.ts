/** Each cluster of the embedded fleet as it is found, read and judged: through the real SDK clients, under the default configuration. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKS } from '#lib/checks/index.ts';
import { collect } from '#lib/collect/collect.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import { defaultConfig } from '#lib/config/config.ts';
import { discoverRegion } from '#lib/discover/discover.ts';
import { evaluate } from '#lib/evaluate/evaluate.ts';
import type { Assessment } from '#lib/model/assessment.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type Entered, enter } from '#test/sandbox/start.ts';

const REGION = 'eu-west-1';
const assessments = new Map<string, Assessment>();
let entered: Entered;

beforeAll(async () => {
  entered = await enter(embeddedFleet(new Date()));
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  for (const target of await discoverRegion({ region: REGION }, entered)) {
    const kubernetes = eksAccess({ target, credentials });
    const snapshot = await collect(target, { aws: entered, kubernetes, deadlineMs: 60_000 });
    assessments.set(target.name, evaluate(snapshot, { config: defaultConfig() }));
  }
});
afterAll(() => entered?.[Symbol.asyncDispose]());

type Problem = readonly [check: string, verdict: Verdict, resource: string];

const CRASHING = ['10-50-4-5', '10-50-4-6', '10-50-4-7', '10-50-4-8', '10-50-4-9'];
const EXPECTED: Readonly<Record<string, { readonly verdict: Verdict; readonly problems: readonly Problem[] }>> = {
  'identity-prod': { verdict: 'ok', problems: [] },
  'shop-prod': {
    verdict: 'warning',
    problems: [
      ['subnet-ip-exhaustion', 'warning', 'shop-nodes-a'],
      ['surge-headroom', 'warning', 'shop-prod'],
    ],
  },
  'analytics-prod': {
    verdict: 'critical',
    problems: [
      ['subnet-prefix-fragmentation', 'critical', 'analytics-private-a'],
      ['surge-headroom', 'warning', 'analytics-prod'],
      ['prefix-delegation', 'warning', 'aws-node'],
    ],
  },
  'payments-prod': {
    verdict: 'critical',
    problems: [['dns-security-groups', 'critical', expect.stringMatching(/^pods with custom networking in subnet-\w+$/)]],
  },
  'media-staging': {
    verdict: 'critical',
    problems: [
      ['cni-agents', 'critical', 'aws-node'],
      ...CRASHING.map((node): Problem => ['cni-agents', 'critical', `ip-${node}.${REGION}.compute.internal`]),
      ['pod-sandbox-failures', 'critical', 'media-staging: agent-down'],
      ['pods-awaiting-network', 'critical', 'media-staging'],
    ],
  },
};

it('is five clusters', () => {
  expect([...assessments.keys()].toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
});

describe.each(Object.entries(EXPECTED))('%s', (name, { verdict, problems }) => {
  const assessment = (): Assessment => {
    const found = assessments.get(name);
    if (found === undefined) throw new Error(`${name} was not found`);
    return found;
  };

  it('is read whole', () => {
    expect(assessment().collectors.filter(({ ok }) => !ok)).toEqual([]);
    expect(assessment().collectors.length).toBeGreaterThan(0);
  });

  it(`is ${verdict}, for what is built into it alone`, () => {
    const { findings, verdict: worst } = assessment();
    expect(worst).toBe(verdict);
    const wrong = findings.filter((finding) => finding.verdict !== 'ok' && finding.verdict !== 'not-applicable');
    expect(wrong.map((one) => [one.check, one.verdict, one.resource.name ?? one.resource.id])).toEqual(problems);
  });

  it('hears of every check', () => {
    const judged = new Set(assessment().findings.map(({ check }) => check));
    expect(CHECKS.map(({ id }) => id).filter((id) => !judged.has(id))).toEqual([]);
  });

  it('leaves nothing unknown', () => {
    expect(assessment().summary.unknown).toBe(0);
    expect(assessment().summary.ok).toBeGreaterThan(0);
  });
});
