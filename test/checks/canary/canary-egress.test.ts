import { expect, test } from 'vitest';
import { check } from '#lib/checks/canary/canary-egress.ts';
import type { CanaryReading, CanaryReport, ConnectionOutcome } from '#lib/model/canary.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aSnapshot } from '#test/scenarios/slices.ts';
import { aCanary, anUnreadReport, aReport, aStuckPod, attempts } from './a-canary.ts';

const run = (canary: CanaryReading) => runCheck(check, aSnapshot({ canary }));
type Outcomes = Readonly<Record<string, ConnectionOutcome>>;
const tried = (outcomes: Outcomes, over: Partial<CanaryReport> = {}) =>
  aReport({ egress: Object.entries(outcomes).map(([target, outcome]) => ({ target, attempts: attempts(outcome) })), ...over });
const of = (...reports: readonly CanaryReport[]) => aCanary({ egress: ['a:443', 'b:443'], reports: [...reports] });
const both = (a: ConnectionOutcome, b: ConnectionOutcome) => tried({ 'a:443': a, 'b:443': b });

test.each<[string, CanaryReading, string]>([
  ['both reached', of(both('reached', 'reached')), 'ok'],
  ['one reached', of(both('reached', 'no-answer')), 'warning'],
  ['one that refuses', of(both('reached', 'refused')), 'warning'],
  ['none reached', of(both('no-answer', 'no-route')), 'critical'],
  ['none reached from one node of two', of(both('reached', 'reached'), both('no-answer', 'no-answer')), 'warning'],
  ['one not resolved', of(both('reached', 'unresolved')), 'unknown'],
  ['one not resolved, the other silent', of(both('no-answer', 'unresolved')), 'unknown'],
  ['none resolved', of(both('unresolved', 'unresolved')), 'unknown'],
  ['one not tried', of(tried({ 'a:443': 'reached' })), 'unknown'],
  ['a tool that is missing', of(both('unclear', 'unclear')), 'unknown'],
  ['one client unread', of(both('reached', 'reached'), anUnreadReport()), 'unknown'],
  ['none reached, and a client unread', of(both('no-answer', 'no-answer'), anUnreadReport()), 'critical'],
  ['no client that ran', aCanary({ egress: ['a:443'], reports: [], pods: [aStuckPod()] }), 'unknown'],
  ['no target', aCanary(), 'not-applicable'],
])('%s', (_, canary, verdict) => expect(run(canary).findings[0]?.verdict).toBe(verdict));

test.each<[string, Partial<CanaryReport>, string]>([
  ['DNS works', {}, 'DNS works: look at the route table and NAT gateway'],
  ['nothing is known of DNS', { lookups: [] }, 'Look at the route table'],
  ['there is no default route', { routes: { ipv4: [] } }, 'There is no default route: see canary-routes.'],
])('where to look when %s', (_, over, told) => {
  const report = tried({ 'a:443': 'no-answer' }, over);
  expect(run(aCanary({ egress: ['a:443'], reports: [report] })).findings[0]?.summary).toContain(told);
});

test('the evidence has each target and who did not reach it', () => {
  const { findings, metrics } = run(of(both('reached', 'refused')));
  expect(findings[0]).toMatchObject({
    summary: '1 of 2 targets not reached from canary pods: b:443 (refused, node-b).',
    evidence: {
      reachedTargets: 1,
      unreachedTargets: 1,
      targets: [
        { target: 'a:443', reached: ['node-b'], unreached: [] },
        { target: 'b:443', reached: [], unreached: [{ node: 'node-b', outcome: 'refused' }] },
      ],
    },
  });
  expect(metrics).toEqual([{ name: 'CanaryEgressOk', value: 0 }]);
  expect(run(of(both('reached', 'reached'))).metrics).toEqual([{ name: 'CanaryEgressOk', value: 1 }]);
  expect(run(of(both('reached', 'unresolved'))).metrics).toEqual([]);
});
