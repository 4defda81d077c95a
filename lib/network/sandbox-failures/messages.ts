import type { SandboxCause } from '#lib/network/sandbox-failures/causes.ts';

interface Pattern {
  readonly cause: Exclude<SandboxCause, 'unrecognised'>;
  readonly says: RegExp;
  /** Where the words come from, and the version that was read. */
  readonly source: string;
}

const VPC_CNI = 'amazon-vpc-cni-k8s 1.23';

/** Whose trouble the reason of an event is, whatever its message; a denied call is told apart before. */
const BY_REASON: Readonly<Record<string, Pattern['cause']>> = {
  // amazon-vpc-cni-k8s 1.23 pkg/awsutils/awsutils.go
  MissingIAMPermissions: 'iam-denied',
  // amazon-vpc-resource-controller-k8s pkg/utils/events.go, pkg/provider/branch/provider.go
  TrunkENICreationFailed: 'branch-eni',
  NodeTrunkFailedInit: 'branch-eni',
  BranchAllocationFailed: 'branch-eni',
  BranchENIAnnotationFailed: 'branch-eni',
  SecurityGroupRequested: 'branch-eni',
  // The same controller, for Windows nodes with prefixes.
  InsufficientCidrBlocks: 'no-free-address',
};

/**
 * In the order of how much they tell: the first that matches decides, so that what a plugin says of itself comes before what its caller
 * says of it. Messages are matched with white space folded and quotes unescaped, since each layer that passes one on may wrap it.
 */
const PATTERNS: readonly Pattern[] = [
  {
    cause: 'iam-denied',
    says: /UnauthorizedOperation|AccessDenied|is not authorized to perform|Unauthorized operation: failed to call/i,
    source: `${VPC_CNI} pkg/awsutils/awsutils.go; Amazon EC2 API Reference, "Common client error codes"`,
  },
  {
    cause: 'branch-eni',
    says: /failed to allocate branch ENI|branch ENI|No slot available for a trunk ENI/i,
    source: `${VPC_CNI} pkg/ipamd/rpc_handler.go; amazon-vpc-resource-controller-k8s pkg/provider/branch/provider.go`,
  },
  {
    cause: 'policy-agent',
    says: /failed to setup network policy/i,
    source: `${VPC_CNI} cmd/routed-eni-cni-plugin/cni.go (1.17 and later)`,
  },
  {
    cause: 'missing-binary',
    says: /failed to find plugin "[^"]*" in path|\/cni\/bin\/[^ :"]+"?: (?:no such file or directory|executable file not found)/i,
    source: 'containernetworking/cni 1.3 pkg/invoke/find.go, raw_exec.go',
  },
  {
    cause: 'permissions',
    says: /connection is unauthorized|(?:\/cni\/bin\/|\/cni\/net\.d)\S*: permission denied|is forbidden: User "/i,
    source: 'Calico 3.31 cni-plugin/pkg/plugin; Kubernetes apiserver, responsewriters/errors.go; os.PathError of Go',
  },
  {
    cause: 'broken-config',
    says: /error parsing (?:CNI )?configuration|cni config load failed: .*(?:invalid|pars|no name|no plugins|missing)|no 'plugins' key|invalid cni config|missing 'type'|plugin type="[^"]*" .*(?:failed to parse|could not parse|invalid character)/i,
    source: 'containernetworking/cni 1.3 libcni/conf.go; containerd/go-cni 1.1 cni.go, errors.go',
  },
  {
    cause: 'conflicting-config',
    says: /already has an IP address different from|container veth name provided \([^)]*\) already exists/i,
    source: 'containernetworking/plugins 1.7 plugins/main/bridge/bridge.go, pkg/ip/link_linux.go',
  },
  {
    cause: 'no-free-address',
    says: /failed to assign an IP address to container|no available IP\/Prefix addresses|InsufficientFreeAddressesInSubnet|InsufficientCidrBlocks/i,
    source: `${VPC_CNI} cmd/routed-eni-cni-plugin/cni.go, pkg/ipamd/datastore/data_store.go`,
  },
  {
    cause: 'no-free-address',
    says: /no IPs currently available on the node|range is full|all CIDR ranges are exhausted|No more IPs available/i,
    source: 'Cilium 1.20 pkg/ipam; Kubernetes pkg/registry/core/service/ipallocator',
  },
  {
    cause: 'no-free-address',
    says: /No IPs available in ranges|Assigned 0 out of \d+ requested|no IP addresses available in range set/i,
    source: 'Calico 3.31 libcalico-go/lib/ipam; containernetworking/plugins 1.7 plugins/ipam/host-local/backend/allocator',
  },
  {
    cause: 'agent-down',
    says: /failed to connect to backend server|Error received from AddNetwork gRPC call|wrong client version|127\.0\.0\.1:50051/i,
    source: `${VPC_CNI} cmd/routed-eni-cni-plugin/cni.go`,
  },
  {
    cause: 'agent-down',
    says: /unable to connect to Cilium (?:agent|daemon)|failed to create cilium agent client|Cilium API client timeout exceeded|cilium\.sock/i,
    source: 'Cilium 1.20 plugins/cilium-cni/cmd/cmd.go',
  },
  {
    cause: 'agent-down',
    says: /check that the calico\/node container is running|failed to load flannel 'subnet\.env' file|\/run\/flannel\/subnet\.env/i,
    source: 'Calico 3.31 cni-plugin/pkg/plugin/plugin.go; flannel-io/cni-plugin 1.7 flannel_linux.go',
  },
  {
    cause: 'api-unreachable',
    says: /\b(?:Get|Post|Put|Patch) "?https:\/\/[^ "]+"?: (?:dial tcp|net\/http|context deadline exceeded|EOF|x509|tls|read tcp|http2)/i,
    source: 'net/http of Go, as client-go passes it on in Calico 3.31, Cilium 1.20 and Multus 4',
  },
  {
    cause: 'agent-down',
    says: /cni plugin not initialized|no network config found in|No networks found in|cni config uninitialized/i,
    source: 'containerd/go-cni 1.1 errors.go: the agents write the configuration once they work',
  },
];

/** White space folded, quotes unescaped. */
export function foldMessage(message: string): string {
  return message.replace(/\\+"/g, '"').replace(/\s+/g, ' ').trim();
}

/** @param message folded or not */
export function sandboxCause(reason: string, message: string): SandboxCause {
  const folded = foldMessage(message);
  const told = PATTERNS.find(({ says }) => says.test(folded))?.cause;
  const byReason = Object.hasOwn(BY_REASON, reason) ? BY_REASON[reason] : undefined;
  if (byReason !== undefined) return told === 'iam-denied' ? told : byReason;
  return told ?? 'unrecognised';
}

/** Reasons that speak of a pod's network, beside those of which only some messages do. */
export function concernsSandbox(reason: string): boolean {
  return SANDBOX_REASONS.has(reason) || Object.hasOwn(BY_REASON, reason);
}

/** Source: Kubernetes pkg/kubelet/events/event.go. */
const SANDBOX_REASONS: ReadonlySet<string> = new Set(['FailedCreatePodSandBox', 'NetworkNotReady', 'FailedPodSandBoxStatus']);

/** The plugin that a message blames, as `plugin type="cilium-cni"`. Source: containernetworking/cni 1.3 libcni/api.go. */
export function pluginIn(message: string): string | undefined {
  return /plugin type="([^"]+)"/.exec(foldMessage(message))?.[1];
}
