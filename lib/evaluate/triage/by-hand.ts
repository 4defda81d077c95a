import type { Finding } from '#lib/model/finding.ts';

type Evidence = Finding['evidence'];

/** Clauses for what is no situation of its own. */
const OTHER_TITLES: Readonly<Record<string, string>> = {
  'canary-pod': 'new pods find no node, or start late',
  'canary-routes': 'a new pod does not reach the Kubernetes API by its Service',
  'cluster-access': 'cniwatch may not read all that it asks for',
};

export function otherTitle({ check, verdict }: Pick<Finding, 'check' | 'verdict'>): string {
  return (Object.hasOwn(OTHER_TITLES, check) ? OTHER_TITLES[check] : undefined) ?? `${check} is ${verdict}`;
}

/** What to do where no remediation is, by check; undefined where the evidence does not tell. */
const BY_CHECK: Readonly<Record<string, (evidence: Evidence) => string | undefined>> = {
  'canary-egress': () =>
    'Compare the routes and NAT gateways of the subnet, egress rules and policies, and AWS_VPC_K8S_CNI_EXTERNALSNAT of the CNI.',
  'canary-pod': ({ cause }) =>
    byCause(cause) ??
    'Read in the finding what the scheduler or the kubelet says. No node that takes pods: add nodes, or look at their taints and readiness. A late network: look at the log of the CNI there.',
  'canary-routes': () =>
    'Look at kube-proxy of the node that the finding names, and at network policies that keep pods from the Service kubernetes.',
  'pod-sandbox-failures': ({ cause }) => byCause(cause),
  'canary-pod-to-pod': () =>
    "Look at what carries packets between these nodes: rules between their security groups, routes and network ACLs of their subnets, BGP or VXLAN of the CNI, and policies of the canary's namespace.",
  // Source: Cilium documentation, "System Requirements", section "Firewall Rules".
  'cilium-agent': () =>
    "Let the nodes' security groups pass what carries pods between nodes: UDP 8472 (VXLAN) or 6081 (Geneve), without a tunnel the pods' own traffic; and TCP 4240 for the probes of health.",
  // Source: amazon-vpc-cni-k8s docs/iam-policy.md.
  'cni-permissions': ({ iamActions }) =>
    isFilled(iamActions)
      ? `Let the IAM role of the CNI do ${iamActions.map(String).slice(0, 3).join(', ')}: attach AmazonEKS_CNI_Policy to it again (a policy of your own with IPv6), and look for a deny in permissions boundaries and service control policies.`
      : undefined,
  'cluster-access': ({ denied, failed }) => {
    const remedy: unknown = [denied, failed].flat().map((one) => (isRecord(one) ? one['remedy'] : undefined))[0];
    return typeof remedy === 'string' ? remedy : undefined;
  },
};

/** Why pods got no network, where no remediation cures it alone. Source of the policy: amazon-vpc-cni-k8s docs/iam-policy.md. */
function byCause(cause: unknown): string | undefined {
  switch (cause) {
    case 'no-free-address':
      return 'Find which room is used up: addresses of the subnet, of the node, or of the pool: the checks subnet-ip-exhaustion, node-ip-capacity, calico-ipam and cilium-ipam have the numbers. Restarting the CNI frees none.';
    case 'iam-denied':
      return 'Let the IAM role of the CNI do what the message in the finding names: attach AmazonEKS_CNI_Policy to it, and look for a deny in permissions boundaries and service control policies.';
    case 'unrecognised':
      return "Read the message in the finding, and the CNI's log on the nodes that it names, before anything is restarted.";
    default:
      return undefined;
  }
}

/** Where no remediation is known: what the finding itself asks for. */
export function byHand({ check, evidence }: Finding): string {
  const { missingRules, missingEntries, traffic } = evidence;
  const rules = (Array.isArray(missingRules) ? missingRules : []).flatMap(ruleText);
  if (rules.length > 0)
    return `Let ${typeof traffic === 'string' ? traffic : 'it'} pass by security group rules: ${rules.slice(0, 4).join('; ')}.`;
  if (isFilled(missingEntries)) return 'Add the entries to the network ACLs that the finding names as missing.';
  const own = Object.hasOwn(BY_CHECK, check) ? BY_CHECK[check]?.(evidence) : undefined;
  if (own !== undefined) return own;
  return `Read what the finding says, and why: cniwatch explain ${check}.`;
}

function ruleText(rule: unknown): readonly string[] {
  if (typeof rule !== 'object' || rule === null) return [];
  const { direction, groupId, referencedGroupId } = rule as Readonly<Record<string, unknown>>;
  return typeof groupId === 'string' && typeof referencedGroupId === 'string'
    ? [
        `${direction === 'egress' ? 'egress of' : 'ingress of'} ${groupId} ${direction === 'egress' ? 'to' : 'from'} ${referencedGroupId}`,
      ]
    : [];
}

const isFilled = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length > 0;
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
