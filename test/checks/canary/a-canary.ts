/** What a healthy canary of two pods on two nodes tells, and parts of it: what a test is about is in `over`. */
import type { CanaryPod, CanaryReading, CanaryReport, ConnectionOutcome, LookupOutcome } from '#lib/model/canary.ts';

const T0 = Date.parse('2026-11-24T03:00:00Z');
export const secondsIn = (seconds: number) => new Date(T0 + 1_000 * seconds).toISOString();

export function aCanaryPod(over: Partial<CanaryPod> = {}): CanaryPod {
  return {
    name: 'cniwatch-canary-1',
    role: 'client',
    nodeName: 'node-b',
    zone: 'eu-west-1b',
    podIps: ['10.0.4.9'],
    createdAt: secondsIn(0),
    scheduledAt: secondsIn(0),
    networkAt: secondsIn(2),
    runningAt: secondsIn(4),
    phase: 'Running',
    gone: false,
    waitedSeconds: 4,
    ...over,
  };
}

/** A pod that got so far and no further. */
export function aStuckPod(over: Partial<CanaryPod> = {}): CanaryPod {
  const { networkAt: _, runningAt: __, ...pod } = aCanaryPod({ podIps: [], phase: 'Pending', waitedSeconds: 40 });
  return { ...pod, ...over };
}

export function aServerPod(over: Partial<CanaryPod> = {}): CanaryPod {
  const place = { name: 'cniwatch-canary-0', nodeName: 'node-a', zone: 'eu-west-1a', podIps: ['10.0.0.9'] };
  return aCanaryPod({ role: 'server', ...place, ...over });
}

export const lookup = (of: 'resolver' | 'service' | 'coredns', server: string, outcomes: readonly LookupOutcome[], ms = 10) => ({
  of,
  server,
  name: 'kubernetes.default.svc.cluster.local',
  attempts: outcomes.map((outcome) => ({ outcome, ms })),
});
export const attempts = (...outcomes: readonly ConnectionOutcome[]) => outcomes.map((outcome) => ({ outcome, ms: 10 }));
export const way = (protocol: 'tcp' | 'udp', by: 'pod' | 'service', ...outcomes: readonly ConnectionOutcome[]) => ({
  protocol,
  by,
  address: by === 'pod' ? '10.0.0.9' : '10.100.1.1',
  attempts: attempts(...outcomes),
});

const ANSWERED = ['answered', 'answered', 'answered'] as const;
export function aReport(over: Partial<CanaryReport> = {}): CanaryReport {
  return {
    podName: 'cniwatch-canary-1',
    nodeName: 'node-b',
    zone: 'eu-west-1b',
    lookups: [lookup('resolver', '10.100.0.10', ANSWERED), lookup('coredns', '10.0.0.20', ANSWERED)],
    search: { name: 'kubernetes.default', attempts: attempts('reached') },
    egress: [],
    peers: [
      way('tcp', 'pod', 'reached'),
      way('udp', 'pod', 'reached'),
      way('tcp', 'service', 'reached'),
      way('udp', 'service', 'reached'),
    ],
    routes: { ipv4: ['default via 169.254.1.1 dev eth0', '169.254.1.1 dev eth0 scope link'], ipv6: [] },
    complete: true,
    ...over,
  };
}

/** Nothing of this client's log was read. */
export const anUnreadReport = (): CanaryReport => ({
  ...aReport({
    lookups: [],
    egress: [],
    peers: [],
    routes: {},
    complete: false,
    unread: 'The log has more bytes than are read.',
  }),
  search: { name: 'kubernetes.default', attempts: [] },
});

export function aCanary(over: Partial<CanaryReading> = {}): CanaryReading {
  return {
    image: 'busybox:1',
    mode: 'scheduled',
    timeoutSeconds: 40,
    ipFamily: 'ipv4',
    pods: [aServerPod(), aCanaryPod()],
    reports: [aReport()],
    egress: [],
    podToPod: 'tried',
    ...over,
  };
}
