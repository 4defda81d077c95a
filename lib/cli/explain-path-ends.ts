import { UsageError } from '#lib/cli/usage-error.ts';
import { editDistance } from '#lib/config/nearest.ts';
import type { EksCluster } from '#lib/model/eks.ts';
import type { Pod, Service } from '#lib/model/kubernetes.ts';
import { type Address, cidrContains, parseAddress, parseCidr } from '#lib/network/address.ts';
import type { PathEnd } from '#lib/network/path/ends.ts';
import type { PathQuestion } from '#lib/network/path/verdict.ts';

export interface KnownEnds {
  readonly cluster: string;
  readonly pods: readonly Pod[];
  /** Undefined where they were not read. */
  readonly services: readonly Service[] | undefined;
  readonly eks: EksCluster | undefined;
}

const FROM = /^([^/:\s]+)\/([^/:\s]+)$/;
const TO = /^(?:([^/:\s[\]]+)\/([^/:\s]+)|\[([\da-fA-F:.]+)\]|([\d.]+)):(\d{1,5})(?:\/([A-Za-z]+))?$/;

/** @throws UsageError that says what is expected, or names the nearest pods */
export function pathQuestion(from: string, to: string, known: KnownEnds): PathQuestion {
  const [, namespace, name] = FROM.exec(from) ?? [];
  if (namespace === undefined || name === undefined) throw new UsageError(`--from "${from}" is not NAMESPACE/POD`);
  const { end, port, protocol } = destination(to, known);
  return { from: { kind: 'pod', pod: findPod(namespace, name, known) }, to: end, port, protocol };
}

function destination(to: string, known: KnownEnds): { end: PathEnd; port: number; protocol: 'tcp' | 'udp' } {
  const [, namespace, name, v6, v4, digits, given = 'TCP'] = TO.exec(to) ?? [];
  const port = Number(digits);
  if (digits === undefined || port < 1 || port > 65535) {
    throw new UsageError(`--to "${to}" is not NAMESPACE/POD:PORT[/PROTOCOL], nor ADDRESS:PORT[/PROTOCOL] (IPv6 in brackets)`);
  }
  const protocol = given.toLowerCase();
  if (protocol !== 'tcp' && protocol !== 'udp') throw new UsageError(`--to "${to}": the protocol is TCP or UDP, not ${given}`);
  if (namespace !== undefined && name !== undefined) {
    return { end: { kind: 'pod', pod: findPod(namespace, name, known) }, port, protocol };
  }
  const text = v6 ?? v4 ?? '';
  const address = parseAddress(text);
  if (address === undefined) throw new UsageError(`--to "${to}": "${text}" is no address`);
  return { end: endOfAddress(address, text, known), port, protocol };
}

/** A pod's own address is that pod; a Service's is nobody's, since it is translated before anything judges it. */
function endOfAddress(address: Address, text: string, { pods, services, eks }: KnownEnds): PathEnd {
  const pod = pods.find(
    ({ hostNetwork, phase, podIps }) =>
      !hostNetwork && phase !== 'Succeeded' && phase !== 'Failed' && podIps.some((ip) => parseAddress(ip) === address),
  );
  if (pod !== undefined) return { kind: 'pod', pod };
  const service = services?.find(({ clusterIps }) => clusterIps.some((ip) => parseAddress(ip) === address));
  const ranges = [eks?.serviceIpv4Cidr, eks?.serviceIpv6Cidr].flatMap((cidr) => parseCidr(cidr ?? '') ?? []);
  if (service === undefined && !ranges.some((range) => cidrContains(range, address))) return { kind: 'address', address };
  const whose = service === undefined ? 'a Service' : `the Service ${service.namespace}/${service.name}`;
  throw new UsageError(`${text} is an address of ${whose}: give one of its pods, and the port on which that pod listens`);
}

const SHOWN = 5;

function findPod(namespace: string, name: string, { pods, cluster }: KnownEnds): Pod {
  const found = pods.find((pod) => pod.namespace === namespace && pod.name === name);
  if (found !== undefined) return found;
  const wanted = `${namespace}/${name}`;
  const same = pods.filter((pod) => pod.namespace === namespace);
  const nearest = (same.length > 0 ? same : pods)
    .map((pod) => ({ text: `${pod.namespace}/${pod.name}`, far: distance(wanted, `${pod.namespace}/${pod.name}`) }))
    .sort((a, b) => a.far - b.far || (a.text < b.text ? -1 : 1))
    .slice(0, SHOWN)
    .map(({ text }) => text);
  const hint = nearest.length > 0 ? `: the nearest are ${nearest.join(', ')}` : ': it has none at all';
  throw new UsageError(`${cluster} has no pod "${wanted}"${hint}`);
}

/** A workload's name without the rest of the pod's is near. */
function distance(wanted: string, name: string): number {
  return name.startsWith(wanted) ? 0 : editDistance(wanted, name);
}
