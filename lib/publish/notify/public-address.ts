import ipaddr from 'ipaddr.js';

/**
 * Whether an address is of the public internet: a webhook's name must not lead into the hub's own network, nor to a metadata service.
 * An IPv6 address that carries an IPv4 one is judged by that.
 * Source: the IANA special-purpose address registries, as ipaddr.js has them.
 */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}
