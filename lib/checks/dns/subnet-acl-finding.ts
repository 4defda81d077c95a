import { podsBlocked, reachVerdict } from '#lib/checks/dns/source-class-verdict.ts';
import { CLASS_NAMES, capitalised, endpointText, gapOf, listed, PROTOCOLS } from '#lib/checks/dns/source-class-words.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import { aclBlockText, aclEntryText } from '#lib/network/acl/missing-acl-entries.ts';
import type { DnsAclPath } from '#lib/network/dns/acls.ts';
import { worstReach } from '#lib/network/dns/reachability.ts';
import type { SourceClass } from '#lib/network/dns/source-classes.ts';
import type { TransportProtocol } from '#lib/network/security-groups.ts';

interface Reach {
  readonly source: SourceClass;
  readonly paths: readonly DnsAclPath[];
}

/** Judges the pods of one subnet by what network ACLs do with their ways to CoreDNS. */
export function subnetFinding(subnetId: string, reaches: readonly Reach[]): Judgement {
  const counted = reaches.flatMap(judgedPaths);
  const problems = counted.filter(({ verdict }) => verdict !== 'allow');
  const verdict = worstVerdict(reaches.map(classVerdict));
  const sourceClass = listed(reaches.map(({ source }) => CLASS_NAMES[source.mode]));
  const pods = reaches.reduce((sum, { source }) => sum + source.pods, 0);
  const shown = problems.length > 0 ? problems : counted;
  const missing = [...new Map(problems.flatMap((path) => path.missing).map((entry) => [aclEntryText(entry), entry])).entries()];
  const endpoints = new Set(counted.map(({ endpoint }) => endpoint)).size;
  return {
    verdict,
    resource: { kind: 'subnet', id: subnetId },
    summary: `${capitalised(sourceClass)} in ${subnetId} (${pods}) ${outcome(problems, counted, { verdict, endpoints })}.${toOpen(missing.map(([text]) => text))}`,
    evidence: {
      sourceClass,
      sourceSubnet: subnetId,
      sourceCidrs: [...new Set(reaches.flatMap(({ source }) => source.subnetCidrs))].filter((cidr) => cidr !== ''),
      destination: listed(shown.map(({ endpoint, protocol }) => endpointText(endpoint, protocol))),
      protocol: PROTOCOLS.filter((name) => shown.some(({ protocol }) => protocol === name)).join(', '),
      blockedBy: blockers(problems) || null,
      missingEntries: missing.map(([, entry]) => ({ ...entry })),
      pods,
      podsBlocked: reaches.reduce((sum, reach) => sum + podsBlocked(judgedPaths(reach), neededBy(reach)), 0),
      endpoints,
    },
    ...(verdict === 'critical' ? { timeToImpact: 'immediate' } : {}),
  };
}

/** NodeLocal DNSCache insists on TCP. Source: kubernetes cluster/addons/dns/nodelocaldns, `force_tcp`. */
function neededBy({ source }: Reach): TransportProtocol {
  return source.mode === 'node-local-dns' ? 'tcp' : 'udp';
}

function judgedPaths(reach: Reach): readonly DnsAclPath[] {
  return neededBy(reach) === 'tcp' ? reach.paths.filter(({ protocol }) => protocol === 'tcp') : reach.paths;
}

/** A protocol that the Service does not offer is no matter of network ACLs. */
function classVerdict(reach: Reach): Verdict {
  const paths = judgedPaths(reach);
  const needed = worstReach(paths, neededBy(reach));
  const tcp = paths.some(({ protocol }) => protocol === 'tcp') ? worstReach(paths, 'tcp') : 'whole';
  const verdict = reachVerdict(needed, neededBy(reach) === 'udp' ? tcp : needed);
  // These nodes answer DNS themselves, so a gap on the way to CoreDNS may hurt nobody.
  return reach.source.mode === 'auto-mode' && verdict !== 'ok' ? 'unknown' : verdict;
}

function outcome(
  problems: readonly DnsAclPath[],
  counted: readonly DnsAclPath[],
  { verdict, endpoints }: { readonly verdict: Verdict; readonly endpoints: number },
): string {
  if (endpoints === 0) return 'share no address family with any CoreDNS endpoint, so nothing can be told';
  if (problems.length === 0) return `reach ${plural(endpoints, 'CoreDNS endpoint')} through every network ACL`;
  const gap = gapOf(problems, counted);
  const doubt = problems.find((path) => path.doubt !== undefined)?.doubt;
  const blocked = problems.filter(({ verdict: of }) => of === 'deny' || of === 'disputed');
  if (blocked.length === 0) return `may miss ${gap}: ${doubt}`;
  const miss = blocked.every(({ verdict: of }) => of === 'disputed') ? 'miss, for some of their own ports,' : 'miss';
  const auto = verdict === 'unknown' && doubt === undefined ? '; but their nodes may answer DNS themselves' : '';
  return `${miss} ${gap}: blocked by ${blockers(blocked)}${auto}`;
}

function blockers(problems: readonly DnsAclPath[]): string {
  return listed(
    problems.flatMap(({ blockedBy }) => blockedBy.map(aclBlockText)),
    '; ',
  );
}

/** The first of them as somebody would type them; the evidence has all. */
function toOpen(entries: readonly string[]): string {
  return entries.length === 0 ? '' : ` To open it: ${listed(entries, '; ')}.`;
}
