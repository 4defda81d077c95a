import { dataOf } from '#lib/model/slice.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import { formatAddressCidr } from '#lib/network/address.ts';
import { endName, type PathEnd, type PathPlaces, policyEnd } from '#lib/network/path/ends.ts';
import { type PathLayer, plainLayer, unreadReason } from '#lib/network/path/layer.ts';
import type { OpenBy, PolicySide, SideDecision } from '#lib/network/policy/decision.ts';
import { pair } from '#lib/network/policy/ends.ts';
import type { PolicyEnforcement } from '#lib/network/policy/enforcement.ts';
import { policyJudge, policyResourcesIn } from '#lib/network/policy/judge.ts';
import type { PolicyTraffic } from '#lib/network/policy/ports.ts';
import { decideSide } from '#lib/network/policy/sides.ts';
import { defaultDenier, policyDoubtText, policyName, policyNames } from '#lib/network/policy/words.ts';

export interface PolicyQuestion {
  readonly from: PathEnd;
  readonly to: PathEnd;
  readonly traffic: PolicyTraffic;
}

/** What network policies say on either side, as the plugin of this cluster enforces them. */
export function policyLayers(
  slices: Slices,
  { from, to, traffic }: PolicyQuestion,
  { nodeOf }: PathPlaces,
): { readonly egress: PathLayer; readonly ingress: PathLayer } {
  const { enforcement: found, compiled } = policyJudge({
    nodes: dataOf(slices.nodes) ?? [],
    daemonSets: dataOf(slices.daemonSets) ?? [],
    autoMode: dataOf(slices.cluster)?.autoMode ?? false,
    configMaps: dataOf(slices.configMaps),
    networkPolicies: dataOf(slices.networkPolicies),
    namespaces: dataOf(slices.namespaces),
    ...policyResourcesIn(slices.policyResources),
    nodeClasses: dataOf(slices.nodeClasses),
  });
  const unread = unreadReason({ DaemonSets: slices.daemonSets, nodes: slices.nodes });
  const enforcement: PolicyEnforcement = unread === undefined ? found : { kind: 'unknown', reason: unread };
  const ends = pair(policyEnd(from, nodeOf(from)), policyEnd(to, nodeOf(to)), compiled.classOf);
  const side = (name: PolicySide): PathLayer =>
    sideLayer(name, decideSide(name, ends, { ...compiled.context, traffic }), { from, to, traffic, enforcement });
  return { egress: side('egress'), ingress: side('ingress') };
}

interface SideContext extends PolicyQuestion {
  readonly enforcement: PolicyEnforcement;
}

function sideLayer(side: PolicySide, decision: SideDecision, context: SideContext): PathLayer {
  const layer = `policy-${side}` as const;
  const own = endName(side === 'egress' ? context.from : context.to);
  switch (decision.verdict) {
    case 'unknown':
      return plainLayer(layer, 'unknown', [...new Set(decision.because.map(policyDoubtText))].join('; '));
    case 'allowed': {
      const { passage } = decision;
      if (passage.by !== 'rule') {
        const doubt =
          passage.by === 'no-policy' && context.enforcement.kind === 'unknown' && context.enforcement.enforcement === undefined
            ? context.enforcement.reason
            : undefined;
        const unless = doubt === undefined ? '' : ` (unless something denies by default: ${doubt})`;
        return plainLayer(layer, 'allowed', `${openReason(passage.by, side, own)}${unless}`);
      }
      const reason = `${side} rule ${passage.rule + 1} of ${policyName(passage.policy)} lets it pass`;
      return { ...plainLayer(layer, 'allowed', reason), by: [policyName(passage.policy)] };
    }
    case 'denied': {
      const { isolatedBy, nodeClass } = decision.block;
      const reason =
        isolatedBy.length === 0
          ? `${defaultDenier(decision.block)} denies everything to ${own} until a policy selects it`
          : `${own} is isolated by ${policyNames(isolatedBy)}, and no ${side} rule lets it pass`;
      const by = [...isolatedBy.map(policyName), ...(nodeClass === undefined ? [] : [`NodeClass ${nodeClass}`])];
      const denied = { layer, by, toOpen: [ruleToAdd(side, context)] };
      return { ...denied, ...(nodeClass === undefined ? enforced(context.enforcement, reason) : { verdict: 'denied', reason }) };
    }
  }
}

/** A denial happens where somebody is known to carry it out. */
function enforced(enforcement: PolicyEnforcement, reason: string): Pick<PathLayer, 'verdict' | 'reason'> {
  switch (enforcement.kind) {
    case 'enforced':
      return { verdict: 'denied', reason };
    case 'not-enforced':
      return { verdict: 'allowed', reason: `nothing enforces network policies here; else it would not pass, since ${reason}` };
    case 'unknown':
      return { verdict: 'unknown', reason: `${reason}; whether that is enforced is not known, since ${enforcement.reason}` };
  }
}

function openReason(by: OpenBy, side: PolicySide, own: string): string {
  switch (by) {
    case 'no-policy':
      return `no policy isolates ${own} for ${side}`;
    case 'host-network':
      return `${own} is on the network of its node, where policies are not enforced`;
    case 'own-node':
      return 'policies keep no pod from its own node';
    case 'loopback':
      return 'policies keep no pod from itself';
    case 'not-enforced':
      return `nothing enforces policies on ${own}: it is on Fargate or Windows`;
    case 'outside':
      return `${own} is no pod of this cluster`;
  }
}

/** `NetworkPolicy of shop that selects web-1: egress to pods app=db in namespace data, TCP 5432`. */
function ruleToAdd(side: PolicySide, { from, to, traffic }: SideContext): string {
  const [own, peer] = side === 'egress' ? [from, to] : [to, from];
  const selects = own.kind === 'pod' ? `NetworkPolicy of ${own.pod.namespace} that selects ${own.pod.name}` : 'NetworkPolicy';
  return `${selects}: ${side} ${side === 'egress' ? 'to' : 'from'} ${peerText(peer)}, ${traffic.protocol} ${traffic.port}`;
}

function peerText(peer: PathEnd): string {
  if (peer.kind === 'address') return `ipBlock ${formatAddressCidr(peer.address)}`;
  const { labels, namespace } = peer.pod;
  const lasting = Object.entries(labels).filter(([key]) => !OF_ONE_POD.has(key));
  const pods = lasting.length > 0 ? `pods ${lasting.map(([key, value]) => `${key}=${value}`).join(',')}` : 'any pod';
  return `${pods} in namespace ${namespace}`;
}

/** Labels that controllers give to one pod, or to those of one revision. Source: Kubernetes documentation, "Well-Known Labels". */
const OF_ONE_POD: ReadonlySet<string> = new Set([
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/controller-uid',
  'controller-uid',
  'batch.kubernetes.io/job-completion-index',
]);
