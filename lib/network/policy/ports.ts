import type { NetworkPolicy } from '#lib/model/kubernetes.ts';
import { anyOf, type Match } from '#lib/network/policy/match.ts';

export interface PolicyTraffic {
  /** At the pod that answers, after any translation of a Service's address. */
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

/** A port of a pod that has a name some policy uses. */
export interface NamedPort {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  readonly init: boolean;
}

type PolicyPort = NetworkPolicy['ingress'][number]['ports'][number];

/**
 * Whether any of a rule's ports covers the traffic; none at all cover everything. A port without a number is every port of its
 * protocol, a name is resolved at the destination.
 * Source: Kubernetes API reference, "NetworkPolicyPort".
 * @param named the destination's named ports; undefined where names are not resolved
 */
export function portsMatch(ports: readonly PolicyPort[], traffic: PolicyTraffic, named: readonly NamedPort[] | undefined): Match {
  return ports.length === 0 || anyOf(ports, (port) => portMatches(port, traffic, named));
}

function portMatches(
  { protocol, port, endPort }: PolicyPort,
  traffic: PolicyTraffic,
  named: readonly NamedPort[] | undefined,
): Match {
  if (protocol !== traffic.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === 'number') return traffic.port >= port && traffic.port <= (endPort ?? port);
  const found = named?.filter((one) => one.name === port && one.protocol === protocol) ?? [];
  // The first container that has the name decides, as where a probe names a port.
  const [first] = [...found.filter(({ init }) => !init), ...found];
  if (first === undefined) return false;
  return first.port === traffic.port && first.init ? 'init-container-port' : first.port === traffic.port;
}
