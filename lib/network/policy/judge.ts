import type { NodeClass } from '#lib/model/karpenter.ts';
import type { ConfigMap, CustomResource, DaemonSet, Namespace, NetworkPolicy, Node } from '#lib/model/kubernetes.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import { findCnis } from '#lib/network/cni.ts';
import { isAutoModeNode } from '#lib/network/dns/clients.ts';
import { type PolicyEnforcement, policyEnforcement } from '#lib/network/policy/enforcement.ts';
import { ANY_ENGINE } from '#lib/network/policy/engines.ts';
import { type CompiledPolicies, compilePolicies } from '#lib/network/policy/network-policies.ts';

export interface PolicyJudgeWorld {
  readonly nodes: readonly Node[];
  readonly daemonSets: readonly DaemonSet[];
  /** Whether the cluster has Auto Mode on; nodes of it tell, too. */
  readonly autoMode: boolean;
  /** Undefined where they were not read, as everything below. */
  readonly configMaps: readonly ConfigMap[] | undefined;
  readonly networkPolicies: readonly NetworkPolicy[] | undefined;
  readonly namespaces: readonly Namespace[] | undefined;
  readonly policyResources: readonly CustomResource[] | undefined;
  /** Kinds of policies that were not read, while others were. */
  readonly unreadPolicyKinds?: readonly string[];
  readonly nodeClasses: readonly NodeClass[] | undefined;
}

/** The policies of other kinds, as far as they were read. */
export function policyResourcesIn(
  slice: Slices['policyResources'],
): Pick<PolicyJudgeWorld, 'policyResources' | 'unreadPolicyKinds'> {
  if (!slice.ok) return { policyResources: undefined };
  return { policyResources: slice.data, unreadPolicyKinds: (slice.unread ?? []).map(({ kind }) => kind) };
}

/** The policies of a cluster, prepared for questions, and who enforces them. */
export interface PolicyJudge {
  readonly enforcement: PolicyEnforcement;
  /** By the enforcing plugin; by the letter of the API, for every pod, where nobody is known to enforce them. */
  readonly compiled: CompiledPolicies;
  /** The same with ipBlocks that match no pod: tells whether an answer hangs on one. */
  readonly withoutBlocks: CompiledPolicies;
}

export function policyJudge(world: PolicyJudgeWorld): PolicyJudge {
  const { networkPolicies: policies, namespaces, policyResources: resources, unreadPolicyKinds: unreadKinds = [] } = world;
  const enforcement = enforcementIn(world);
  const engine = enforcement.kind === 'enforced' ? enforcement.engine : ANY_ENGINE;
  const enforced =
    enforcement.kind === 'not-enforced' || enforcement.enforcement === undefined ? {} : { enforcement: enforcement.enforcement };
  const compile = (blocksMatchCluster: boolean) =>
    compilePolicies({ policies, namespaces, resources, unreadKinds, engine: { ...engine, blocksMatchCluster }, ...enforced });
  const compiled = compile(engine.blocksMatchCluster);
  return { enforcement, compiled, withoutBlocks: engine.blocksMatchCluster ? compile(false) : compiled };
}

function enforcementIn({ nodes, daemonSets, autoMode, configMaps, nodeClasses }: PolicyJudgeWorld): PolicyEnforcement {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const controller = policyController(configMaps);
  if (autoMode || nodes.some(isAutoModeNode)) {
    return policyEnforcement(daemonSets, byName, { nodeClasses, policiesReach: controller === 'on' });
  }
  const found = policyEnforcement(daemonSets, byName);
  if (found.kind === 'not-enforced' && findCnis(daemonSets).length === 0) {
    return { kind: 'unknown', reason: 'no agent of a known CNI runs here, and an unknown one may enforce network policies' };
  }
  if (found.kind !== 'enforced' || found.by !== 'vpc-cni' || controller !== 'off') return found;
  return {
    kind: 'unknown',
    reason: "the VPC CNI's agents enforce network policies, and the ConfigMap amazon-vpc-cni keeps EKS from handing them any",
    enforcement: found.enforcement,
  };
}

/**
 * Agents enforce what the controller on the control plane hands them, once it is switched on.
 * Source: Amazon EKS User Guide, "Restrict Pod network traffic with Kubernetes network policies", `enable-network-policy-controller`.
 */
function policyController(configMaps: readonly ConfigMap[] | undefined): 'on' | 'off' | 'unknown' {
  const found = configMaps?.find(({ namespace, name }) => namespace === 'kube-system' && name === 'amazon-vpc-cni');
  if (found === undefined || found.unread !== undefined) return 'unknown';
  return found.data?.['enable-network-policy-controller'] === 'true' ? 'on' : 'off';
}
