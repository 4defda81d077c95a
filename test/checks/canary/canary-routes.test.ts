import { expect, test } from 'vitest';
import { check } from '#lib/checks/canary/canary-routes.ts';
import type { CanaryReading } from '#lib/model/canary.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aSnapshot } from '#test/scenarios/slices.ts';
import { aCanary, anUnreadReport, aReport, aStuckPod, attempts } from './a-canary.ts';

const run = (canary: CanaryReading) => runCheck(check, aSnapshot({ canary })).findings[0];
const of = (...ipv4: readonly string[]) => aCanary({ reports: [aReport({ routes: { ipv4: [...ipv4] } })] });
const search = (outcome: 'refused' | 'no-answer' | 'unresolved' | 'unclear') =>
  aCanary({ reports: [aReport({ search: { name: 'kubernetes.default', attempts: attempts(outcome) } })] });
const SIX = { ipv4: [], ipv6: ['fe80::/64 dev eth0 metric 256', 'default via fe80::1 dev eth0'] };

test.each<[string, CanaryReading, string]>([
  ['a next hop', aCanary(), 'ok'],
  ['the device alone', of('default dev eth0 scope link'), 'ok'],
  ['no route at all', of(), 'critical'],
  ['other routes alone', of('10.0.0.0/16 dev eth0 scope link'), 'critical'],
  ['a default that leads nowhere', of('unreachable default dev lo metric 4294967295'), 'critical'],
  ['IPv6, which the cluster has', aCanary({ ipFamily: 'ipv6', reports: [aReport({ routes: SIX })] }), 'ok'],
  ['IPv6, which it has not', aCanary({ reports: [aReport({ routes: SIX })] }), 'critical'],
  ['routes that were not read', aCanary({ reports: [aReport({ routes: {} })] }), 'unknown'],
  ['one pod of two unread', aCanary({ reports: [aReport(), anUnreadReport()] }), 'unknown'],
  ['nothing of the log', aCanary({ reports: [anUnreadReport()] }), 'unknown'],
  ['no pod that ran', aCanary({ reports: [], pods: [aStuckPod()] }), 'unknown'],
  ['a silent API server', search('no-answer'), 'warning'],
  ['an API server that refuses', search('refused'), 'warning'],
  ['a name that is not resolved, which is the matter of DNS', search('unresolved'), 'ok'],
])('%s', (_, canary, verdict) => expect(run(canary)?.verdict).toBe(verdict));

test('the evidence has the gateway, or names the pod that has none', () => {
  const reports = [aReport(), aReport({ nodeName: 'node-c', routes: { ipv4: [] } })];
  expect(run(aCanary({ reports }))).toMatchObject({
    verdict: 'critical',
    timeToImpact: 'immediate',
    remediation: 'restart-cni',
    summary: '1 of 2 canary pods has no default ipv4 route (node-c): the CNI did not finish setting up the pod.',
    evidence: {
      routes: [
        { node: 'node-b', hasDefault: true, gateway: '169.254.1.1' },
        { node: 'node-c', hasDefault: false, gateway: null },
      ],
    },
  });
});
