import type { NetworkInterface } from '#lib/model/ec2.ts';
import type { EksCluster } from '#lib/model/eks.ts';
import { type Address, parseAddress, parseCidr } from '#lib/network/address.ts';

/** Where this cluster's API server is to be found. */
export interface ApiServerPlaces {
  readonly cluster: Pick<EksCluster, 'name' | 'endpoint' | 'serviceIpv4Cidr' | 'serviceIpv6Cidr'> | undefined;
  /** Undefined where they were not read. */
  readonly networkInterfaces: readonly NetworkInterface[] | undefined;
  /** Hosts that somebody vouches for. */
  readonly known: readonly string[];
}

/** `fleeting`: right today, and gone after the next update of the control plane. */
export interface AddressVerdict {
  readonly verdict: 'right' | 'fleeting' | 'stale' | 'unknown';
  /** A clause. */
  readonly why: string;
}

const EKS_HOST = /\.eks\.amazonaws\.com(\.cn)?$|\.eks\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|api\.aws)$/;

/**
 * Whether the address in a kubeconfig still leads to this cluster's API server: its endpoint, or the first address of the range of Services.
 * Sources: Kubernetes documentation, "Cluster networking" (the Service kubernetes has the first address of its range); Amazon EKS User Guide,
 * "View Amazon EKS networking requirements" (EKS makes interfaces of the control plane anew when it updates it).
 */
export function apiServerAddress(server: string, { cluster, networkInterfaces, known }: ApiServerPlaces): AddressVerdict {
  const host = hostOf(server);
  if (host === undefined) return { verdict: 'stale', why: `${server} is no address` };
  if (known.includes(host)) return { verdict: 'right', why: `${host} is one that the configuration knows` };
  if (cluster === undefined) return { verdict: 'unknown', why: 'the cluster was not read' };
  if (host === hostOf(cluster.endpoint ?? '')) return { verdict: 'right', why: `${host} is its endpoint` };
  if (EKS_HOST.test(host)) return { verdict: 'stale', why: `${host} is the endpoint of another cluster, or of one before it` };
  const address = parseAddress(host);
  if (address === undefined) return { verdict: 'unknown', why: `${host} is neither its endpoint nor an address` };
  if (serviceAddresses(cluster).includes(address))
    return { verdict: 'right', why: `${host} is the address of the Service kubernetes` };
  return ofControlPlane(host, address, cluster.name, networkInterfaces) ?? { verdict: 'unknown', why: `${host} is not known` };
}

function hostOf(server: string): string | undefined {
  if (!URL.canParse(server)) return undefined;
  const { protocol, hostname } = new URL(server);
  return /^https?:$/.test(protocol) ? hostname.replace(/^\[(.*)\]$/, '$1') : undefined;
}

function serviceAddresses({
  serviceIpv4Cidr,
  serviceIpv6Cidr,
}: Pick<EksCluster, 'serviceIpv4Cidr' | 'serviceIpv6Cidr'>): Address[] {
  return [serviceIpv4Cidr, serviceIpv6Cidr].flatMap((text) => {
    const cidr = text === undefined ? undefined : parseCidr(text);
    if (cidr === undefined) return [];
    return typeof cidr.first === 'number' ? cidr.first + 1 : cidr.first + 1n;
  });
}

/** Only EKS's own interfaces have an API server behind them: where they were read, every other address leads to none of this cluster's. */
function ofControlPlane(
  host: string,
  address: Address,
  cluster: string,
  interfaces: readonly NetworkInterface[] | undefined,
): AddressVerdict | undefined {
  const own = interfaces?.filter(({ description }) => description === `Amazon EKS ${cluster}`) ?? [];
  if (own.length === 0) return undefined;
  const addresses = own.flatMap(({ privateIpAddresses, ipv6Addresses }) => [...privateIpAddresses, ...ipv6Addresses]);
  return addresses.some((one) => parseAddress(one) === address)
    ? { verdict: 'fleeting', why: `${host} is an interface of the control plane, which its next update replaces` }
    : {
        verdict: 'stale',
        why: `${host} is neither its endpoint, nor the Service kubernetes, nor an interface of its control plane`,
      };
}
