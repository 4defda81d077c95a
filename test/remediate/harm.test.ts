import { describe, expect, test } from 'vitest';
import type { Assessment } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import { remediation } from '#lib/remediate/enable-prefix-delegation.ts';
import { harmDone, unseenHarm, verify } from '#lib/remediate/harm.ts';
import { aProblem, aSettledCluster, thePlan } from '#test/remediate/a-plan.ts';

const judged = (...findings: readonly Finding[]) => ({ findings }) as unknown as Assessment;
const of = (check: string, verdict: Finding['verdict'], evidence: Finding['evidence'] = {}) =>
  aProblem({ check, verdict, evidence, fingerprint: check, summary: 'So it is.' });

describe('harm', () => {
  test.each<[string, Finding[], Finding[], readonly string[]]>([
    ['nothing', [], [], []],
    ['a new sandbox failure', [], [of('pod-sandbox-failures', 'critical')], ['sandbox-failures']],
    ['agents that were ready', [of('cni-agents', 'ok')], [of('cni-agents', 'warning')], ['agents-not-ready']],
    [
      'more pods that wait',
      [of('pods-awaiting-network', 'warning', { awaiting: 1 })],
      [of('pods-awaiting-network', 'warning', { awaiting: 2 })],
      ['pods-waiting'],
    ],
    [
      'as many pods that wait',
      [of('pods-awaiting-network', 'warning', { awaiting: 2 })],
      [of('pods-awaiting-network', 'warning', { awaiting: 2 })],
      [],
    ],
    ['worse than a warning', [of('coredns', 'warning')], [of('coredns', 'critical')], ['dns']],
    ['better than before', [of('coredns', 'critical')], [of('coredns', 'warning')], []],
    ['DNS that was not known', [of('dns-security-groups', 'unknown')], [of('dns-security-groups', 'critical')], ['dns']],
    ['a check that tells of no harm', [], [of('node-ip-capacity', 'critical')], []],
    ['what is not known', [], [of('coredns', 'unknown')], []],
  ])('%s', (_, before, after, kinds) =>
    expect(harmDone(judged(...before), judged(...after)).map(({ kind }) => kind)).toEqual(kinds),
  );

  test.each<[string, Finding[], Finding[], readonly string[]]>([
    ['still seen', [of('coredns', 'ok')], [of('coredns', 'warning')], []],
    ['not judged any more', [of('coredns', 'ok')], [of('coredns', 'unknown')], ['coredns']],
    ['gone altogether', [of('cni-agents', 'ok')], [], ['cni-agents']],
    ['never seen', [of('coredns', 'unknown')], [of('coredns', 'unknown')], []],
  ])('unseen: %s', (_, before, after, unseen) => expect(unseenHarm(judged(...before), judged(...after))).toEqual(unseen));
});

describe('the gain', () => {
  const plan = thePlan(remediation, aSettledCluster());
  const { check, fingerprint } = aProblem();
  const before = judged(aProblem());
  test.each<[string, Finding[], 'reached' | 'not-yet']>([
    ['the finding is ok', [aProblem({ verdict: 'ok' })], 'reached'],
    ['its node is gone', [aProblem({ fingerprint: 'another', verdict: 'ok' })], 'reached'],
    ['it is as it was', [aProblem()], 'not-yet'],
    ['it is not known', [aProblem({ verdict: 'unknown' })], 'not-yet'],
    ['its check did not run', [], 'not-yet'],
  ])('%s', (_, after, gain) => {
    expect([check, fingerprint]).toEqual(['node-ip-capacity', 'f1']);
    expect(verify(before, judged(...after), plan)).toEqual({ gain, harm: [], unseen: [] });
  });

  test('of prefixes is there once the check says that they are in effect', () => {
    const ok = aProblem({ verdict: 'ok' });
    const prefixes = (enabled: boolean, verdict: Finding['verdict']) =>
      aProblem({ check: 'prefix-delegation', fingerprint: 'p', verdict, evidence: { enabled } });
    const gain = (...findings: Finding[]) => verify(before, judged(...findings), plan, remediation.gained).gain;
    expect(gain(ok, prefixes(true, 'ok'))).toBe('reached');
    expect(gain(ok, prefixes(true, 'warning'))).toBe('not-yet');
    expect(gain(ok, prefixes(false, 'ok'))).toBe('not-yet');
  });
});
