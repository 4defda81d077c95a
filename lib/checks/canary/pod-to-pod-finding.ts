import type { CanaryReading, CanaryReport } from '#lib/model/canary.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { type PeerPath, peerPaths } from '#lib/network/canary/peers.ts';

/** Whether clients reached the server, and what the ways that failed have in common. */
export function podToPodFinding(
  { pods }: CanaryReading,
  { reports, unread }: { readonly reports: readonly CanaryReport[]; readonly unread: readonly CanaryReport[] },
): Omit<Judgement, 'resource'> {
  const paths = peerPaths(reports);
  const failed = paths.filter(({ outcome }) => outcome !== 'reached' && outcome !== 'unclear');
  const flaky = paths.filter((path) => path.outcome === 'reached' && path.by === 'pod' && path.failed > 0);
  const unclear = unread.length > 0 || paths.some(({ outcome }) => outcome === 'unclear');
  const verdict: Verdict = failed.length > 0 ? 'critical' : unclear ? 'unknown' : flaky.length > 0 ? 'warning' : 'ok';
  const server = pods.find(({ role }) => role === 'server');
  const byService = failed.length > 0 && failed.every(({ by }) => by === 'service');
  return {
    verdict,
    summary: `${summaryOf(verdict, { paths, failed, flaky, server: server?.nodeName ?? 'an unknown node' })}.`,
    evidence: {
      server: { node: server?.nodeName ?? null, zone: server?.zone ?? null },
      paths: paths.map((path) => ({ ...path })),
      failedPaths: failed.length,
      zones: [...new Set(pods.flatMap(({ zone }) => zone ?? []))].toSorted(),
      unread: unread.length,
    },
    ...(verdict === 'critical' ? { timeToImpact: 'immediate' } : {}),
    ...(byService ? { remediation: 'restart-kube-proxy' } : {}),
  };
}

interface Facts {
  readonly paths: readonly PeerPath[];
  readonly failed: readonly PeerPath[];
  readonly flaky: readonly PeerPath[];
  readonly server: string;
}

function summaryOf(verdict: Verdict, { paths, failed, flaky, server }: Facts): string {
  const nodes = (some: readonly PeerPath[]) => [...new Set(some.map(({ node }) => node))].join(', ');
  const of = plural(paths.length, 'way');
  switch (verdict) {
    case 'critical':
      return `${failed.length} of ${of} from ${nodes(failed)} to the canary pod on ${server} failed (${waysIn(failed)}): ${whereToLook(failed)}`;
    case 'warning':
      return `${flaky.length} of ${of} from ${nodes(flaky)} to the canary pod on ${server} failed at first (${waysIn(flaky)})`;
    case 'ok':
      return `All ${of} from ${nodes(paths)} to the canary pod on ${server} are open`;
    default:
      return `Whether canary pods reach the one on ${server} is not known of all ${of}`;
  }
}

function waysIn(paths: readonly PeerPath[]): string {
  return [...new Set(paths.map(({ by, protocol, outcome }) => `${protocol.toUpperCase()} by ${by}: ${outcome}`))].join(', ');
}

function whereToLook(failed: readonly PeerPath[]): string {
  const byPod = failed.filter(({ by }) => by === 'pod');
  if (byPod.length === 0) return "pods' addresses answer, so look at kube-proxy and its rules";
  if (byPod.every(({ protocol }) => protocol === 'udp'))
    return 'TCP passes, so look for what drops UDP: security groups, network ACLs, policies';
  if (byPod.every(({ protocol }) => protocol === 'tcp'))
    return 'UDP passes, so look for what drops TCP: security groups, network ACLs, policies';
  return 'look at the security groups between nodes, at network policies, and where there is an overlay at its VXLAN port or BGP peers';
}
