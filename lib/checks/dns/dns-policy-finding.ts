import { listed, PROTOCOLS } from '#lib/checks/dns/source-class-words.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { type ClientReach, clientReach, hangsOnEnforcement } from '#lib/network/dns/client-reach.ts';
import type { DnsClient, DnsPolicies } from '#lib/network/dns/policies.ts';
import { policiesIn, reasonsOf } from '#lib/network/dns/policy-reasons.ts';
import type { DnsPolicyWay } from '#lib/network/dns/policy-ways.ts';
import { policyName } from '#lib/network/policy/words.ts';
import { workloadOf } from '#lib/network/workload.ts';

/** The pods of one namespace that ask for names. */
export interface NamespaceClients {
  readonly namespace: string;
  readonly clients: readonly DnsClient[];
}

interface JudgedClient {
  readonly client: DnsClient;
  readonly reach: ClientReach;
}

/** Judges a namespace by how many of its pods policies leave without DNS. */
export function namespaceFinding(
  { namespace, clients }: NamespaceClients,
  { servers, enforcement, compiled }: DnsPolicies,
  criticalPodsPercent: number,
): Judgement {
  const judged = clients.map((client) => ({ client, reach: clientReach(client, servers, enforcement) }));
  const lost = judged.filter(({ reach }) => reach.needed === 'none');
  const short = judged.filter(({ reach }) => reach.needed !== 'none' && (reach.needed !== 'whole' || reach.tcp !== 'whole'));
  const wouldBe = namespaceVerdict(judged, lost, criticalPodsPercent);
  const verdict = enforcement.kind === 'not-enforced' ? 'ok' : wouldBe;
  const problems = [...lost, ...short].flatMap(({ client }) => client.problems);
  const shown = problems.length > 0 ? policiesIn(problems) : isolatingPolicies(clients, compiled);
  const reasons = [...reasonsOf(problems), ...uncertainties(clients, problems, enforcement)];
  const counted = { clients: clients.length, lost: lost.length, short: short.length, endpoints: servers.ready.length };
  return {
    verdict,
    resource: { kind: 'namespace', id: namespace },
    summary: `${summaryOf(namespace, counted, { enforcement, wouldBe })}${reasons.length > 0 ? `: ${listed(reasons, '; ')}` : ''}.`,
    evidence: {
      namespace,
      pods: clients.length,
      podsBlocked: lost.length,
      podsInDoubt: short.length,
      workloads: workloads([...lost, ...short]),
      policies: [...shown],
      protocol: PROTOCOLS.filter((name) => problems.some(({ protocol }) => protocol === name)).join(', '),
      reason: reasons.length > 0 ? reasons.join('; ') : null,
      endpoints: servers.ready.length,
      enforcedBy: enforcement.kind === 'enforced' ? enforcement.by : null,
    },
    ...(verdict === 'critical' ? { timeToImpact: 'immediate' } : {}),
    ...(verdict === 'critical' || verdict === 'warning' ? { remediation: 'allow-dns-policy' } : {}),
  };
}

function namespaceVerdict(judged: readonly JudgedClient[], lost: readonly JudgedClient[], criticalPodsPercent: number): Verdict {
  // Pods on the network of their node keep DNS whatever policies isolate, and say nothing of how bad it is.
  const concerned = judged.filter(({ client, reach }) => !client.pod.hostNetwork || reach.needed === 'none').length;
  if (lost.length > 0 && 100 * lost.length >= criticalPodsPercent * concerned) return 'critical';
  const reaches = judged.flatMap(({ reach }) => [reach.needed, reach.tcp]);
  if (reaches.includes('unknown')) return 'unknown';
  return reaches.every((reach) => reach === 'whole') ? 'ok' : 'warning';
}

interface Counted {
  readonly clients: number;
  readonly lost: number;
  readonly short: number;
  readonly endpoints: number;
}

function summaryOf(
  namespace: string,
  { clients, lost, short, endpoints }: Counted,
  { enforcement, wouldBe }: Pick<DnsPolicies, 'enforcement'> & { readonly wouldBe: Verdict },
): string {
  const pods = `of ${plural(clients, 'pod')} in ${namespace}`;
  if (lost === 0 && short === 0) {
    const note = enforcement.kind === 'not-enforced' ? ', not enforced here,' : '';
    return `Policies${note} let ${plural(clients, 'pod')} in ${namespace} reach ${plural(endpoints, 'CoreDNS endpoint')} over UDP and TCP`;
  }
  const would = enforcement.kind === 'not-enforced' ? 'Were policies enforced here, which they are not, they would' : 'Policies';
  const cut = lost > 0 ? [`cut ${lost} ${pods} off from DNS`] : [];
  const some = wouldBe === 'unknown' ? 'may keep' : 'keep';
  const limited = short > 0 ? [`${some} ${short} ${pods} from some of CoreDNS or one protocol`] : [];
  return `${would} ${[...cut, ...limited].join(' and ')}`;
}

function uncertainties(
  clients: readonly DnsClient[],
  problems: readonly DnsPolicyWay[],
  enforcement: DnsPolicies['enforcement'],
): readonly string[] {
  if (problems.length === 0) return [];
  const hangs = problems.some((way) => hangsOnEnforcement(way, enforcement));
  return [
    ...(enforcement.kind === 'unknown' && hangs ? [`whether it happens is not known, since ${enforcement.reason}`] : []),
    ...(clients.some(({ nodeAnswers }) => nodeAnswers) ? ['Auto Mode nodes may answer DNS themselves'] : []),
  ];
}

function workloads(judged: readonly JudgedClient[]): string[] {
  return [
    ...new Set(
      judged.map(({ client }) => {
        const { kind, name } = workloadOf(client.pod);
        return `${kind} ${name}`;
      }),
    ),
  ].slice(0, 10);
}

/** The policies that isolate these pods for egress, and let DNS pass. */
function isolatingPolicies(clients: readonly DnsClient[], compiled: DnsPolicies['compiled']): readonly string[] {
  const classes = new Set(clients.map(({ pod }) => compiled.classOf(pod)));
  return [
    ...new Set(
      [...classes].flatMap(({ policies }) =>
        policies
          .filter(({ compiled: { policy } }) => policy.policyTypes.includes('Egress'))
          .map(({ compiled: { ref } }) => policyName(ref)),
      ),
    ),
  ];
}
