/** What a reason says is wrong. */
export type NetworkCause =
  | 'cni-not-initialised'
  | 'agent'
  | 'addresses'
  | 'interface'
  | 'routes'
  | 'packet-filter'
  | 'kube-proxy'
  | 'policy-agent'
  | 'host-settings'
  | 'connection-limit'
  | 'link-local-limit'
  | 'packet-limit'
  | 'bandwidth-limit'
  | 'dns'
  | 'unrecognised';

export interface NetworkReason {
  readonly cause: NetworkCause;
  /** A clause. */
  readonly meaning: string;
}

/**
 * Reasons of the EKS node monitoring agent about networking, of its condition NetworkingReady and of its events.
 * Source: eks-node-monitoring-agent docs/node-health-issues.adoc, "Networking node health issues"; ConntrackExceededKernel is among
 * its "Kernel node health issues".
 */
const REASONS: Readonly<Record<string, NetworkReason>> = {
  IPAMDNotReady: { cause: 'agent', meaning: 'ipamd cannot reach the API server' },
  IPAMDNotRunning: { cause: 'agent', meaning: 'ipamd does not run' },
  IPAMDRepeatedlyRestart: { cause: 'agent', meaning: 'ipamd restarts again and again' },
  IPAMDInconsistentState: { cause: 'agent', meaning: "ipamd's checkpoint and the container runtime disagree about addresses" },
  IPAMDNoIPs: { cause: 'addresses', meaning: 'ipamd has no address left' },
  InterfaceNotRunning: { cause: 'interface', meaning: 'a network interface does not run' },
  InterfaceNotUp: { cause: 'interface', meaning: 'a network interface is down' },
  MissingLoopbackInterface: { cause: 'interface', meaning: 'the loopback interface is missing' },
  MissingIPRules: { cause: 'routes', meaning: 'routing rules of pod addresses are missing' },
  MissingIPRoutes: { cause: 'routes', meaning: 'routes of pod addresses are missing' },
  MissingDefaultRoutes: { cause: 'routes', meaning: 'default routes are missing' },
  UnexpectedRejectRule: { cause: 'packet-filter', meaning: 'an iptables rule rejects or drops traffic unexpectedly' },
  PortConflict: { cause: 'packet-filter', meaning: "a pod's hostPort overrides a port that the host uses" },
  KubeProxyNotReady: { cause: 'kube-proxy', meaning: 'kube-proxy cannot watch or list what it needs' },
  NPANotRunning: { cause: 'policy-agent', meaning: 'the network policy agent does not run' },
  NPARepeatedlyRestart: { cause: 'policy-agent', meaning: 'the network policy agent restarts again and again' },
  NPABPFRecoveryError: { cause: 'policy-agent', meaning: 'the network policy agent could not recover its BPF programs' },
  MACAddressPolicyMisconfigured: { cause: 'host-settings', meaning: "systemd-networkd's MACAddressPolicy is wrong" },
  NetworkSysctl: { cause: 'host-settings', meaning: "the host's network sysctls may be wrong" },
  EFAErrorMetric: { cause: 'host-settings', meaning: 'an EFA interface is degraded' },
  ConntrackExceeded: { cause: 'connection-limit', meaning: "the instance's limit of tracked connections was exceeded" },
  ConntrackExceededKernel: { cause: 'connection-limit', meaning: "the kernel's table of tracked connections was full" },
  LinkLocalExceeded: {
    cause: 'link-local-limit',
    meaning: 'packets to DNS, metadata or time were dropped at the limit of the interface',
  },
  PPSExceeded: { cause: 'packet-limit', meaning: "the instance's limit of packets a second was exceeded" },
  BandwidthInExceeded: { cause: 'bandwidth-limit', meaning: "the instance's inbound bandwidth was exceeded" },
  BandwidthOutExceeded: { cause: 'bandwidth-limit', meaning: "the instance's outbound bandwidth was exceeded" },
  CoreDNSCorefileReloadFailed: { cause: 'dns', meaning: "the node's CoreDNS did not take the new Corefile" },
  CoreDNSCorefileRevertedToBaseline: { cause: 'dns', meaning: "the node's CoreDNS went back to the Corefile of its image" },
  CoreDNSCorefileRevertedToLastApplied: { cause: 'dns', meaning: "the node's CoreDNS went back to its last Corefile" },
  CoreDNSCorefileValidationFailed: { cause: 'dns', meaning: "the node's Corefile is not valid and was not applied" },
};

export function networkReason(reason: string | undefined): NetworkReason | undefined {
  return reason !== undefined && Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined;
}

/**
 * Whether a node is NotReady for want of a network. Source: Kubernetes pkg/kubelet/kubelet.go ("container runtime network not ready"),
 * containerd's status of the CNI ("cni plugin not initialized").
 */
export function isNetworkNotReady(message = ''): boolean {
  return /network not ready|NetworkReady=false|NetworkPluginNotReady|cni plugin not initialized/i.test(message);
}
