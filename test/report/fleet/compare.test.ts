import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Assessment } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { compareClusters } from '#lib/report/fleet/compare-clusters.ts';
import { compareFindings } from '#lib/report/fleet/compare-findings.ts';
import { fleetOf } from '#lib/report/fleet/fleet-problem.ts';
import { aDocument, aFinding, anAssessment } from '#test/scenarios/assessments.ts';

const fleet = (...clusters: Assessment[]) => fleetOf(aDocument(...clusters));
const finding = (verdict: Verdict, over: Partial<Finding> = {}) => aFinding({ verdict, fingerprint: 'f'.repeat(32), ...over });
const unreadCheck = finding('unknown', { resource: { kind: 'cluster', id: 'arn', name: 'shop-prod' }, fingerprint: 'u' });
const suppressed = finding('critical', { suppressed: { reason: 'known', until: '2027-01-01' } });
const notSeen = anAssessment([finding('unknown', { check: 'check-cluster', fingerprint: 'n' })], { configHash: '' });
const SHOP = (...findings: Finding[]) => fleet(anAssessment(findings));

describe('what became of a finding', () => {
  const changeOf = (earlier: ReturnType<typeof fleet>, latest: ReturnType<typeof fleet> | undefined) => {
    const found = compareFindings(earlier, latest).find(({ problem }) => problem.finding.fingerprint.startsWith('fff'));
    return found && [found.change, found.verdict, found.before?.finding.verdict];
  };

  test.each([
    ['is new', SHOP(), SHOP(finding('warning')), ['opened', 'warning', undefined]],
    ['was ok', SHOP(finding('ok')), SHOP(finding('critical')), ['opened', 'critical', undefined]],
    ['could not be judged, and is bad', SHOP(finding('unknown')), SHOP(finding('warning')), ['opened', 'warning', 'unknown']],
    ['is of a new cluster', fleet(), SHOP(finding('critical')), ['opened', 'critical', undefined]],
    ['was suppressed, and is not any more', SHOP(suppressed), SHOP(finding('critical')), ['opened', 'critical', undefined]],
    ['got worse', SHOP(finding('warning')), SHOP(finding('critical')), ['escalated', 'critical', 'warning']],
    ['got better, and is bad', SHOP(finding('critical')), SHOP(finding('warning')), ['eased', 'warning', 'critical']],
    ['is as it was', SHOP(finding('critical')), SHOP(finding('critical')), ['open', 'critical', 'critical']],
    ['is ok', SHOP(finding('critical')), SHOP(finding('ok')), ['resolved', 'critical', 'critical']],
    ['is not reported any more', SHOP(finding('critical')), SHOP(), ['resolved', 'critical', 'critical']],
    ['is suppressed now', SHOP(finding('critical')), SHOP(suppressed), ['resolved', 'critical', 'critical']],
    ['can be judged again, and is ok', SHOP(finding('unknown')), SHOP(finding('ok')), ['resolved', 'unknown', 'unknown']],
    ['cannot be judged now', SHOP(finding('critical')), SHOP(finding('unknown')), ['unread', 'unknown', 'critical']],
    ['cannot be judged, and was ok', SHOP(finding('ok')), SHOP(finding('unknown')), ['unread', 'unknown', undefined]],
    ['is of a check that lacks its input', SHOP(finding('critical')), SHOP(unreadCheck), ['unread', 'unknown', 'critical']],
    ['was unknown, of a check that lacks its input', SHOP(finding('unknown')), SHOP(unreadCheck), ['open', 'unknown', 'unknown']],
    ['is of a cluster without a result', SHOP(finding('warning')), fleet(notSeen), ['unread', 'unknown', 'warning']],
    ['is of a cluster that is gone', SHOP(finding('warning')), fleet(), ['gone', 'warning', 'warning']],
    ['is of a fleet that no run saw', SHOP(finding('critical')), undefined, ['unread', 'unknown', 'critical']],
    ['was never a problem', SHOP(finding('ok')), SHOP(finding('not-applicable')), undefined],
  ] as const)('that %s', (_title, earlier, latest, expected) => expect(changeOf(earlier, latest)).toEqual(expected));

  test('another check that lacks its input says nothing of it', () =>
    expect(changeOf(SHOP(finding('critical')), SHOP({ ...unreadCheck, check: 'coredns' }))?.[0]).toBe('resolved'));
});

const verdicts = fc.constantFrom<Verdict>('critical', 'warning', 'unknown', 'ok', 'not-applicable');
const someFindings = fc
  .uniqueArray(
    fc.record({ id: fc.nat(5), check: fc.constantFrom('a', 'b'), verdict: verdicts, known: fc.boolean(), whole: fc.boolean() }),
    {
      selector: ({ id, check, whole }) => `${id} ${check} ${whole}`,
    },
  )
  .map((all) =>
    all.map(({ id, check, verdict, known, whole }) =>
      aFinding({
        ...{ check, verdict, fingerprint: `${check} ${whole} ${id}` },
        resource: { kind: whole ? 'cluster' : 'node', id: String(id) },
        ...(known && { suppressed: { reason: 'r', until: 'u' } }),
      }),
    ),
  );
const someFleet = fc
  .uniqueArray(fc.record({ name: fc.constantFrom('a', 'b', 'c'), findings: someFindings, seen: fc.boolean() }), {
    selector: ({ name }) => name,
  })
  .map((clusters) =>
    fleet(
      ...clusters.map(({ name, findings, seen }) =>
        anAssessment(
          findings.map((each) => ({ ...each, fingerprint: `${name} ${each.fingerprint}` })),
          { name, ...(seen ? {} : { configHash: '' }) },
        ),
      ),
    ),
  );
const problems = (clusters: ReturnType<typeof fleet>) =>
  clusters.flatMap(({ findings }) =>
    findings.filter(({ verdict, suppressed: known }) => !['ok', 'not-applicable'].includes(verdict) && known === undefined),
  );

test('every problem of either run is in exactly one group, and nothing else is', () => {
  fc.assert(
    fc.property(someFleet, fc.option(someFleet, { nil: undefined }), (earlier, latest) => {
      const told = compareFindings(earlier, latest).map(({ problem }) => problem.finding.fingerprint);
      const expected = new Set([...problems(earlier), ...problems(latest ?? [])].map(({ fingerprint }) => fingerprint));
      expect(told.toSorted()).toEqual([...expected].sort());
    }),
  );
});

test('a run compared with itself has no change', () => {
  fc.assert(
    fc.property(someFleet, (clusters) => {
      expect(new Set(compareFindings(clusters, clusters).map(({ change }) => change)).difference(new Set(['open']))).toEqual(
        new Set(),
      );
      const changes = new Set(compareClusters(clusters, clusters).map(({ change }) => change));
      expect(changes.difference(new Set(['same', 'not-seen']))).toEqual(new Set());
    }),
  );
});

test('what opened one way is resolved, gone or no longer judged the other way round, and never of a cluster that was not seen', () => {
  fc.assert(
    fc.property(someFleet, someFleet, (one, other) => {
      const there = new Map(compareFindings(one, other).map((each) => [each.problem.finding.fingerprint, each.change]));
      for (const { change, problem } of compareFindings(other, one)) {
        const before = there.get(problem.finding.fingerprint);
        if (change === 'escalated') expect(before).toBe('eased');
        if (change === 'eased') expect(before).toBe('escalated');
        if (change === 'resolved') expect(one.find(({ arn }) => arn === problem.cluster.arn)?.configHash).not.toBe('');
        if (change === 'gone') expect(one.some(({ arn }) => arn === problem.cluster.arn)).toBe(false);
      }
    }),
  );
});

describe('what became of a cluster', () => {
  const bad = anAssessment([finding('critical')]);
  const good = anAssessment([finding('ok')]);
  test.each([
    ['is new', fleet(), fleet(bad), 'new', 'critical'],
    ['is gone', fleet(bad), fleet(), 'gone', 'critical'],
    ['has no result', fleet(bad), fleet(notSeen), 'not-seen', 'unknown'],
    ['is worse', fleet(good), fleet(bad), 'worse', 'critical'],
    ['is better', fleet(bad), fleet(good), 'better', 'ok'],
    ['is as it was', fleet(bad), fleet(bad), 'same', 'critical'],
    ['no run looked at', fleet(bad), undefined, 'not-seen', 'unknown'],
  ])('that %s', (_title, earlier, latest, change, verdict) =>
    expect(compareClusters(earlier, latest)).toMatchObject([{ change, verdict, name: 'shop-prod' }]),
  );
});
