import type { FlannelConfig } from '#lib/network/flannel/flannel.ts';
import type { Traffic } from '#lib/network/security-group-decision.ts';

/**
 * What a backend sends from node to node, or why that cannot be judged by security groups.
 * Source: flannel Documentation/backends.md: VXLAN takes the kernel's default port, 8472 on Linux.
 */
export function backendTraffic({ type, port }: FlannelConfig['backend']): Traffic | string {
  switch (type) {
    case 'vxlan':
      return { protocol: 'udp', port: port || 8472 };
    case 'udp':
      return { protocol: 'udp', port: port || 8285 };
    case 'wireguard':
      return { protocol: 'udp', port: port || 51_820 };
    case 'host-gw':
      return 'the backend host-gw sends packets of pods as they are: EC2 drops them unless source/destination checks are off and the nodes share a subnet, which is not read';
    default:
      return `what the backend ${type} sends between nodes is not known`;
  }
}
