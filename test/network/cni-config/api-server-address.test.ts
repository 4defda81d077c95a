import { expect, test } from 'vitest';
import type { NetworkInterface } from '#lib/model/ec2.ts';
import { type AddressVerdict, type ApiServerPlaces, apiServerAddress } from '#lib/network/cni-config/api-server-address.ts';
import { aCluster, anEni } from '#test/scenarios/slices.ts';

const ENDPOINT = 'https://0A1B2C.gr7.eu-west-1.eks.amazonaws.com';
const cluster = aCluster({ endpoint: ENDPOINT, serviceIpv4Cidr: '172.20.0.0/16', serviceIpv6Cidr: 'fd00:1::/108' });
const controlPlane = (...privateIpAddresses: string[]): NetworkInterface =>
  anEni({ description: 'Amazon EKS shop-prod', privateIpAddresses });
const seen: ApiServerPlaces = { cluster, networkInterfaces: [controlPlane('10.0.1.7'), anEni()], known: ['api.example.com'] };
const unseen: ApiServerPlaces = { ...seen, networkInterfaces: undefined };

test.each<[string, string, ApiServerPlaces, AddressVerdict['verdict']]>([
  ['the endpoint', ENDPOINT, seen, 'right'],
  ['the endpoint with a port', `${ENDPOINT}:443`, seen, 'right'],
  ['the endpoint of another cluster', 'https://9F8E7D.gr7.eu-west-1.eks.amazonaws.com', seen, 'stale'],
  ['the endpoint of another cluster in China', 'https://9F8E7D.yl4.cn-north-1.eks.amazonaws.com.cn', seen, 'stale'],
  ['the Service kubernetes', 'https://172.20.0.1:443', seen, 'right'],
  ['the Service kubernetes, of IPv6', 'https://[fd00:1::1]:443', seen, 'right'],
  ['another Service', 'https://172.20.0.10:443', seen, 'stale'],
  ['the Service kubernetes of another range', 'https://10.100.0.1:443', seen, 'stale'],
  ['an interface of the control plane', 'https://10.0.1.7:443', seen, 'fleeting'],
  ['an interface that it had before', 'https://10.0.1.8:443', seen, 'stale'],
  ['an address, interfaces not read', 'https://10.0.1.8:443', unseen, 'unknown'],
  [
    'an address, no interface of the control plane seen',
    'https://10.0.1.8',
    { ...seen, networkInterfaces: [anEni()] },
    'unknown',
  ],
  ['a host that the configuration knows', 'https://api.example.com:6443', seen, 'right'],
  ['a host that nobody knows', 'https://proxy.example.com', seen, 'unknown'],
  ['this node', 'https://localhost:6443', seen, 'unknown'],
  ['a placeholder that was not filled', '__KUBERNETES_SERVICE_PROTOCOL__://[__KUBERNETES_SERVICE_HOST__]', seen, 'stale'],
  ['nothing', '', seen, 'stale'],
  ['a cluster that was not read', ENDPOINT, { ...seen, cluster: undefined }, 'unknown'],
])('%s', (_, server, places, verdict) => {
  expect(apiServerAddress(server, places).verdict).toBe(verdict);
});
