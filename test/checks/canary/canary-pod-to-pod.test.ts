import { expect, test } from 'vitest';
import { check } from '#lib/checks/canary/canary-pod-to-pod.ts';
import type { CanaryReading, CanaryReport, ConnectionOutcome } from '#lib/model/canary.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aSnapshot } from '#test/scenarios/slices.ts';
import { aCanary, aCanaryPod, anUnreadReport, aReport, aServerPod, aStuckPod, way } from './a-canary.ts';

const run = (canary: CanaryReading) => runCheck(check, aSnapshot({ canary })).findings[0];
const ways = (pod: readonly ConnectionOutcome[], service: readonly ConnectionOutcome[]) =>
  aReport({
    peers: [
      way('tcp', 'pod', pod[0] ?? 'unclear'),
      way('udp', 'pod', pod[1] ?? 'unclear'),
      way('tcp', 'service', service[0] ?? 'unclear'),
      way('udp', 'service', service[1] ?? 'unclear'),
    ],
  });
const of = (...reports: readonly CanaryReport[]) => aCanary({ reports: [...reports] });
const OPEN = ['reached', 'reached'] as const;
const SHUT = ['no-answer', 'no-answer'] as const;
const { peers } = aReport();
const flaky = (by: 'pod' | 'service') =>
  aReport({ peers: [...peers.filter((one) => one.by !== by || one.protocol !== 'tcp'), way('tcp', by, 'no-answer', 'reached')] });

test.each<[string, CanaryReading, string, string]>([
  ['all ways are open', of(aReport()), 'ok', 'All 4 ways from node-b to the canary pod on node-a are open.'],
  [
    'all are shut',
    of(ways(SHUT, SHUT)),
    'critical',
    '4 of 4 ways from node-b to the canary pod on node-a failed (TCP by pod: no-answer',
  ],
  [
    'UDP is dropped',
    of(ways(['reached', 'no-answer'], ['reached', 'no-answer'])),
    'critical',
    'TCP passes, so look for what drops UDP',
  ],
  [
    'TCP is dropped',
    of(ways(['no-answer', 'reached'], ['no-answer', 'reached'])),
    'critical',
    'UDP passes, so look for what drops TCP',
  ],
  ['the Service alone fails', of(ways(OPEN, SHUT)), 'critical', 'look at kube-proxy'],
  ['one of two clients fails', of(aReport(), { ...ways(SHUT, SHUT), nodeName: 'node-c' }), 'critical', '4 of 8 ways from node-c'],
  [
    "a pod's address failed at first",
    of(flaky('pod')),
    'warning',
    '1 of 4 ways from node-b to the canary pod on node-a failed at first',
  ],
  ['a Service failed at first, which takes a moment', of(flaky('service')), 'ok', ''],
  ['a way was not tried', of(aReport({ peers: peers.slice(1) })), 'unknown', 'not known'],
  [
    'a way failed, another was not tried',
    of(aReport({ peers: [way('tcp', 'pod', 'refused')] })),
    'critical',
    'TCP by pod: refused',
  ],
  ['a client was not read', of(aReport(), anUnreadReport()), 'unknown', 'not known'],
  ['no client ran', aCanary({ reports: [], pods: [aServerPod(), aStuckPod()] }), 'unknown', 'it got no network. See canary-pod.'],
  [
    'the server had no network',
    aCanary({ podToPod: 'no-server', pods: [aStuckPod({ role: 'server' })] }),
    'unknown',
    'did not serve: it got no network',
  ],
  [
    'the server ended',
    aCanary({ podToPod: 'no-server', pods: [aServerPod(), aCanaryPod()] }),
    'unknown',
    'it ended before it was called',
  ],
  ['it is switched off', aCanary({ podToPod: 'switched-off' }), 'not-applicable', 'canary.podToPod is off'],
  ['there is one node', aCanary({ podToPod: 'one-node' }), 'not-applicable', 'Fewer than two nodes'],
])('%s', (_, canary, verdict, summary) =>
  expect(run(canary)).toMatchObject({ verdict, summary: expect.stringContaining(summary) }),
);

test('the evidence has the ends and every way', () => {
  expect(run(of(ways(OPEN, SHUT)))).toMatchObject({
    timeToImpact: 'immediate',
    remediation: 'restart-kube-proxy',
    evidence: {
      server: { node: 'node-a', zone: 'eu-west-1a' },
      zones: ['eu-west-1a', 'eu-west-1b'],
      failedPaths: 2,
      paths: expect.arrayContaining([
        {
          node: 'node-b',
          zone: 'eu-west-1b',
          by: 'service',
          protocol: 'tcp',
          address: '10.100.1.1',
          outcome: 'no-answer',
          failed: 1,
          said: null,
        },
      ]),
    },
  });
});
