import type { CanaryReport } from '#lib/model/canary.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import { worstVerdict } from '#lib/model/verdict.ts';
import { type CanaryDns, type CanaryServer, canaryDns, median } from '#lib/network/canary/dns.ts';

interface Problem {
  readonly verdict: 'critical' | 'warning';
  readonly told: string;
  readonly remediation?: string;
}

/** What clients could resolve, and what to look at where they could not. */
export function canaryDnsFinding(
  { reports, unread }: { readonly reports: readonly CanaryReport[]; readonly unread: readonly CanaryReport[] },
  { slowWarningMs, namespace }: { readonly slowWarningMs: number; readonly namespace: string | null },
): Omit<Judgement, 'resource'> {
  const dns = canaryDns(reports);
  const lookups = dns.servers.reduce((sum, { asked }) => sum + asked, 0);
  const failed = dns.servers.reduce((sum, one) => sum + one.failed, 0);
  const middle = median(dns.latencies);
  const problems = problemsOf(dns, { failed, lookups, middle, slowWarningMs });
  const unclear = unread.length > 0 || reports.some((report) => isUnclear(report, dns));
  const verdict = worstVerdict([...problems.map((one) => one.verdict), unclear ? 'unknown' : 'ok']);
  const told = problems.map((problem) => problem.told);
  const remediation = problems.find((problem) => problem.remediation)?.remediation;
  return {
    verdict,
    summary: `${[measuredWords(lookups, failed, middle), ...told, ...(unclear ? ['some of what was to be asked is not known'] : [])].join('; ')}.`,
    evidence: {
      lookups,
      failed,
      medianMs: middle,
      slowestMs: dns.latencies.at(-1) ?? null,
      servers: dns.servers.map((server) => ({ ...server })),
      unansweredNames: [...dns.unansweredNames],
      searchFailed: [...dns.searchFailed],
      unclear,
      namespace,
    },
    ...(verdict === 'critical' ? { timeToImpact: 'immediate' } : {}),
    ...(remediation ? { remediation } : {}),
  };
}

function measuredWords(lookups: number, failed: number, middle: number | null): string {
  const time = middle === null ? '' : `, the median answer after ${middle} ms`;
  return `${lookups - failed} of ${plural(lookups, 'lookup')} from canary pods were answered${time}`;
}

interface Numbers {
  readonly failed: number;
  readonly lookups: number;
  readonly middle: number | null;
  readonly slowWarningMs: number;
}

function problemsOf(dns: CanaryDns, { failed, middle, slowWarningMs }: Numbers): readonly Problem[] {
  const problems: Problem[] = [];
  if (dns.unansweredNames.length > 0) problems.push(unanswered(dns));
  if (dns.searchFailed.length > 0 && dns.unansweredNames.length === 0) {
    const told = `the search path does not lead to kubernetes.default on ${dns.searchFailed.join(', ')}, though servers answer: look at /etc/resolv.conf of pods`;
    problems.push({ verdict: 'critical', told });
  }
  const silent = dns.servers.filter(({ of, asked, outcome }) => of !== 'resolver' && asked > 0 && !isAnswered(outcome));
  if (problems.length === 0 && silent.length > 0) {
    const remediation = silent.some(({ of }) => of === 'coredns') ? 'restart-coredns' : 'restart-kube-proxy';
    problems.push({ verdict: 'warning', told: `no answer from ${serversIn(silent)}`, remediation });
  }
  if (problems.length === 0 && failed > 0) problems.push({ verdict: 'warning', told: `${plural(failed, 'attempt')} failed` });
  if (middle !== null && middle > slowWarningMs) problems.push({ verdict: 'warning', told: `that is above ${slowWarningMs} ms` });
  return problems;
}

const isAnswered = (outcome: CanaryServer['outcome']) => outcome === 'answered' || outcome === 'unclear';

/** By who answers instead: CoreDNS's pods (then it is the way to the Service), or nobody. */
function unanswered({ servers, unansweredNames }: CanaryDns): Problem {
  const names = unansweredNames.join(', ');
  const failing = servers.filter(({ of, outcome }) => of === 'resolver' && !isAnswered(outcome));
  const why = failing[0]?.outcome ?? 'no-answer';
  if (why !== 'no-answer') return { verdict: 'critical', told: `${names}: ${why} from ${serversIn(failing)}` };
  const pods = servers.filter(({ of }) => of === 'coredns');
  if (pods.some(({ outcome }) => outcome === 'answered')) {
    const told = `${names}: no answer from ${serversIn(failing)}, though CoreDNS pods answer: look at kube-proxy and the Service kube-dns`;
    return { verdict: 'critical', told, remediation: 'restart-kube-proxy' };
  }
  const told = `${names}: no answer from anybody: CoreDNS is down or blocked; look at coredns, dns-network-policy and dns-security-groups`;
  return { verdict: 'critical', told, remediation: 'allow-dns-policy' };
}

function serversIn(servers: readonly CanaryServer[]): string {
  return [...new Set(servers.map(({ server, of }) => (of === 'coredns' ? `the CoreDNS pod ${server}` : server)))].join(', ');
}

/** It did not come to its end, asked no resolver anything clear, or could not try the search path. */
function isUnclear(report: CanaryReport, { searchKnown }: CanaryDns): boolean {
  const resolvers = report.lookups.filter(({ of }) => of === 'resolver').flatMap(({ attempts }) => attempts);
  return !report.complete || searchKnown === 0 || resolvers.every(({ outcome }) => outcome === 'unclear');
}
