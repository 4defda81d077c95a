import { classVerdict, podsBlocked } from '#lib/checks/dns/source-class-verdict.ts';
import {
  CLASS_NAMES,
  capitalised,
  endpointText,
  gapOf,
  listed,
  MOST_LISTED,
  PROTOCOLS,
} from '#lib/checks/dns/source-class-words.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { formatAddressCidr } from '#lib/network/address.ts';
import type { DnsPath } from '#lib/network/dns/reachability.ts';
import type { ClassReach } from '#lib/network/dns/security.ts';
import type { SourceClass } from '#lib/network/dns/source-classes.ts';
import type { MissingRule } from '#lib/network/missing-rules.ts';
import type { TransportProtocol } from '#lib/network/security-groups.ts';

/** Judges one class of pods by its ways to CoreDNS. */
export function classFinding({ source, paths, missing }: ClassReach): Judgement {
  const needed: TransportProtocol = source.mode === 'node-local-dns' ? 'tcp' : 'udp';
  const judged = source.mode === 'node-local-dns' ? (['tcp'] as const) : PROTOCOLS;
  const counted = paths.filter(({ protocol }) => judged.includes(protocol));
  const problems = counted.filter(({ verdict }) => verdict !== 'allow');
  const verdict = classVerdict(source, counted, needed);
  const sourceClass = `${CLASS_NAMES[source.mode]} in ${source.eni.subnetId}`;
  const rules = missing
    .map(({ protocols, cidrs, ...rule }) => ({
      ...rule,
      protocols: protocols.filter((protocol) => judged.includes(protocol)),
      ...(cidrs ? { cidrs: [...cidrs] } : {}),
    }))
    .filter(({ protocols }) => protocols.length > 0);
  const [missingRule = null, ...furtherRules] = rules;
  const shown = problems.length > 0 ? problems : counted;
  const blockedBy = blockers(problems);
  const protocol = judged.filter((name) => shown.some((path) => path.protocol === name)).join(', ');
  const destination = listed(shown.map(({ endpoint, protocol: over }) => endpointText(endpoint, over)));
  const endpoints = new Set(counted.map(({ endpoint }) => endpoint)).size;
  return {
    verdict,
    resource: { kind: 'security-group', id: source.id, name: sourceClass },
    summary: `${capitalised(sourceClass)} (${source.pods}) ${outcome(problems, counted, { source, verdict, endpoints, needed })}.${verdict === 'ok' ? '' : missingText(rules)}`,
    evidence: {
      sourceClass,
      sourceSubnet: source.eni.subnetId,
      sourceSecurityGroups: [...new Set(source.groupSets.flat())],
      sourceCidrs: sourceCidrs(source),
      destination,
      protocol,
      blockedBy: blockedBy || null,
      missingRule,
      furtherRules,
      pods: source.pods,
      podsBlocked: podsBlocked(counted, needed),
      endpoints,
    },
    ...(verdict === 'critical' ? { timeToImpact: 'immediate' } : {}),
    ...(missingRule !== null && verdict !== 'ok' ? { remediation: 'allow-dns' } : {}),
  };
}

/** ` Missing: UDP and TCP 53 into sg-a from sg-b.`, as somebody would type it. */
function missingText(rules: readonly MissingRule[]): string {
  const texts = rules.map(({ groupId, direction, protocols, fromPort, toPort, referencedGroupId, cidrs = [] }) => {
    const what = `${protocols.map((name) => name.toUpperCase()).join(' and ')} ${fromPort === toPort ? fromPort : `${fromPort}-${toPort}`}`;
    const peer = referencedGroupId ?? cidrs.join(', ');
    return direction === 'ingress' ? `${what} into ${groupId} from ${peer}` : `${what} out of ${groupId} to ${peer}`;
  });
  return texts.length === 0 ? '' : ` Missing: ${texts.join('; ')}.`;
}

interface Outcome {
  readonly source: SourceClass;
  readonly verdict: Verdict;
  readonly endpoints: number;
  readonly needed: TransportProtocol;
}

function outcome(
  problems: readonly DnsPath[],
  counted: readonly DnsPath[],
  { source, verdict, endpoints, needed }: Outcome,
): string {
  if (endpoints === 0) return 'share no address family with any CoreDNS endpoint, so nothing can be told';
  if (problems.length === 0) {
    const reached = `reach every CoreDNS endpoint (${endpoints}) over ${needed === 'tcp' ? 'TCP' : 'UDP and TCP'}`;
    if (verdict === 'ok') return reached;
    return `${reached}, but ${source.podsBesideCache} run beside NodeLocal DNSCache, which does not support strict mode`;
  }
  const doubt = problems.find((path) => path.doubt !== undefined)?.doubt;
  const gap = gapOf(problems, counted);
  const why = blockers(problems) ? `blocked by ${blockers(problems)}` : 'the Service kube-dns does not offer it';
  if (source.mode === 'auto-mode') return `miss ${gap}: ${doubt ?? why}; but their nodes may answer DNS themselves`;
  if (verdict === 'unknown') return `may miss ${gap}: ${doubt}`;
  if (problems.every((path) => path.verdict === 'disputed')) {
    return `may miss ${gap}: ${why}, if the groups of the node decide beside those of the pod; AWS's documents disagree`;
  }
  return `miss ${gap}: ${why}`;
}

function blockers(problems: readonly DnsPath[]): string {
  const sides = problems.flatMap(({ blockedBy }) =>
    blockedBy.map(({ direction, groups }) => `${direction} of ${groups.join(', ')}`),
  );
  return listed(sides, '; ');
}

function sourceCidrs({ subnetCidrs, members }: SourceClass): string[] {
  const v6 = typeof members[0]?.address === 'bigint';
  const ofFamily = subnetCidrs.filter((cidr) => cidr.includes(':') === v6);
  return ofFamily.length > 0 ? ofFamily : members.slice(0, MOST_LISTED).map(({ address }) => formatAddressCidr(address));
}
