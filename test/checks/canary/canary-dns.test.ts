import { expect, test } from 'vitest';
import { check } from '#lib/checks/canary/canary-dns.ts';
import type { CanaryReport, ConnectionOutcome, LookupOutcome } from '#lib/model/canary.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aSnapshot } from '#test/scenarios/slices.ts';
import { aCanary, anUnreadReport, aReport, aStuckPod, attempts, lookup } from './a-canary.ts';

const run = (reports: readonly CanaryReport[], options = {}) =>
  runCheck(check, aSnapshot({ canary: aCanary({ reports: [...reports] }) }), options);
const three = (outcome: LookupOutcome) => [outcome, outcome, outcome];
const asked = (resolver: readonly LookupOutcome[], coreDns: readonly LookupOutcome[] = three('answered'), ms = 10) =>
  aReport({ lookups: [lookup('resolver', '10.100.0.10', resolver, ms), lookup('coredns', '10.0.0.20', coreDns, ms)] });
const search = (...outcomes: readonly ConnectionOutcome[]) => ({ name: 'kubernetes.default', attempts: attempts(...outcomes) });
const unresolved = { search: search('unresolved', 'unresolved') };

test.each<[string, CanaryReport, string, string | undefined, string]>([
  [
    'every attempt answered',
    aReport(),
    'ok',
    undefined,
    '6 of 6 lookups from canary pods were answered, the median answer after 10 ms.',
  ],
  ['one attempt in vain', asked(['no-answer', 'answered', 'answered']), 'warning', undefined, '1 attempt failed'],
  [
    'a silent CoreDNS pod',
    asked(three('answered'), three('no-answer')),
    'warning',
    'restart-coredns',
    'no answer from the CoreDNS pod 10.0.0.20',
  ],
  [
    'a silent Service beside a cache on the node',
    aReport({
      lookups: [lookup('resolver', '169.254.20.10', three('answered')), lookup('service', '10.100.0.10', three('no-answer'))],
    }),
    'warning',
    'restart-kube-proxy',
    'no answer from 10.100.0.10',
  ],
  [
    'a silent Service',
    { ...asked(three('no-answer')), ...unresolved },
    'critical',
    'restart-kube-proxy',
    'though CoreDNS pods answer',
  ],
  [
    'nobody answers',
    { ...asked(three('no-answer'), three('no-answer')), ...unresolved },
    'critical',
    'allow-dns-policy',
    'CoreDNS is down or blocked',
  ],
  ['a server error', asked(three('server-failure')), 'critical', undefined, 'server-failure from 10.100.0.10'],
  ['a name that is not there', asked(three('no-such-name')), 'critical', undefined, 'no-such-name'],
  ['a broken search path', { ...aReport(), ...unresolved }, 'critical', undefined, '/etc/resolv.conf'],
  ['a search path that works the second time', aReport({ search: search('unresolved', 'reached') }), 'ok', undefined, ''],
  ['slow answers', asked(three('answered'), three('answered'), 1_001), 'warning', undefined, 'that is above 1000 ms'],
  [
    'a second resolver that answers',
    aReport({ lookups: [lookup('resolver', '10.0.0.2', three('no-answer')), lookup('resolver', '10.0.0.3', three('answered'))] }),
    'warning',
    undefined,
    '3 attempts failed',
  ],
  [
    'tools that are missing',
    { ...asked(three('unclear'), three('unclear')), search: search('unclear') },
    'unknown',
    undefined,
    'not known',
  ],
  ['a log that breaks off', aReport({ complete: false }), 'unknown', undefined, 'not known'],
  [
    'a log that breaks off after a failure',
    { ...asked(three('no-answer')), ...unresolved, complete: false },
    'critical',
    'restart-kube-proxy',
    '',
  ],
])('%s', (_, report, verdict, remediation, summary) => {
  const [finding] = run([report]).findings;
  expect(finding).toMatchObject({ verdict, summary: expect.stringContaining(summary) });
  expect(finding?.remediation).toBe(remediation);
});

test('one client of two that resolves nothing is critical', () => {
  const failing = { ...asked(three('no-answer'), three('no-answer')), nodeName: 'node-c', ...unresolved };
  expect(run([aReport(), failing]).findings[0]).toMatchObject({
    verdict: 'critical',
    evidence: { lookups: 12, failed: 6, searchFailed: ['node-c'], unansweredNames: ['kubernetes.default.svc.cluster.local'] },
  });
});

test.each([
  ['one client unread', [aReport(), anUnreadReport()], 'unknown'],
  ['all unread', [anUnreadReport()], 'unknown'],
])('%s', (_, reports, verdict) => expect(run(reports).findings[0]?.verdict).toBe(verdict));

test('without a client that ran, the reason is the pod', () => {
  const canary = aCanary({ reports: [], pods: [aStuckPod({ sandboxFailure: 'no address' })] });
  expect(runCheck(check, aSnapshot({ canary })).findings[0]).toMatchObject({
    verdict: 'unknown',
    summary: 'No canary pod came to try anything: it got no network (no address). See canary-pod.',
  });
});

test('the metric is 1, 0, or nothing', () => {
  const metric = (report: CanaryReport) => run([report]).metrics.map((sample) => ('value' in sample ? sample.value : undefined));
  expect([aReport(), asked(three('no-answer')), aReport({ complete: false })].map(metric)).toEqual([[1], [0], []]);
});

test('what is slow is an option', () => expect(run([aReport()], { slowWarningMs: 10 }).findings[0]?.verdict).toBe('ok'));

test.each([
  ['cniwatch-canary', 'cniwatch-canary'],
  [undefined, null],
])('the evidence has the namespace %s, whose policies hold for its pods', (kept, namespace) => {
  const canary = aCanary(kept === undefined ? {} : { namespace: kept });
  expect(runCheck(check, aSnapshot({ canary })).findings[0]?.evidence).toMatchObject({ namespace });
});
