import type { Doubt } from '#lib/network/policy/match.ts';

export type PolicySide = 'egress' | 'ingress';

export interface PolicyRef {
  /** With its group where it bears the name of Kubernetes' own: `NetworkPolicy.crd.projectcalico.org`. */
  readonly kind: string;
  /** Absent where the kind has none. */
  readonly namespace?: string;
  readonly name: string;
}

/** Why one side lets traffic pass. */
export type Passage =
  | {
      readonly by: 'rule';
      readonly policy: PolicyRef;
      /** Its place, from 0, among the rules of this direction. */
      readonly rule: number;
      readonly isolatedBy: readonly PolicyRef[];
    }
  | { readonly by: OpenBy };

/**
 * `no-policy`: none isolates the pod in this direction. `host-network`: policies are not enforced on the network of a host.
 * `own-node`: a pod and its node are never kept apart. `loopback`: nor is a pod from itself. `not-enforced`: the plugin does not
 * reach this pod. `outside`: the end is no pod.
 */
export type OpenBy = 'no-policy' | 'host-network' | 'own-node' | 'loopback' | 'not-enforced' | 'outside';

/** A side that lets nothing of this traffic through. */
export interface PolicyBlock {
  readonly side: PolicySide;
  /** Empty where everything is denied to a pod that no policy selects: by the NodeClass, or by the plugin where there is none. */
  readonly isolatedBy: readonly PolicyRef[];
  /** The NodeClass of EKS Auto Mode that denies by default: then the denial is certain, whoever enforces policies. */
  readonly nodeClass?: string;
}

export type PolicyDoubt =
  | { readonly kind: 'policy'; readonly side: PolicySide; readonly policy: PolicyRef; readonly doubt: Doubt }
  | DefaultDoubt
  | UnreadSlice;

/** Something may deny what no policy decides. */
export interface DefaultDoubt {
  readonly kind: 'default';
  readonly side: PolicySide;
  /** A clause. */
  readonly reason: string;
}

/** A list that was not read: anything could stand in it. */
export interface UnreadSlice {
  readonly kind: 'unread';
  readonly slice: 'networkPolicies' | 'policyResources';
  /** The kinds of it, where others were read. */
  readonly kinds?: readonly string[];
}

/** Three-valued: `unknown` only where what was not read or is not evaluated decides. */
export type SideDecision =
  | { readonly verdict: 'allowed'; readonly passage: Passage }
  | { readonly verdict: 'denied'; readonly block: PolicyBlock }
  | { readonly verdict: 'unknown'; readonly because: readonly PolicyDoubt[] };
