/**
 * The IPv6 addresses of a subnet, in order: single ones out of its first /80, prefixes of /80 after that.
 * Source: Amazon EC2 User Guide, "Prefix delegation for network interfaces".
 */
export class Ipv6Space {
  readonly #network: string;
  #addresses = 0;
  #prefixes = 0;

  /** @param cidr a /64, as `2001:db8:0:1::/64` */
  constructor(cidr: string) {
    this.#network = cidr.replace(/::\/64$/, '');
  }

  takeAddress(): string {
    this.#addresses += 1;
    return `${this.#network}::${(this.#addresses + 0xf).toString(16)}`;
  }

  takePrefix(): string {
    this.#prefixes += 1;
    return `${this.#network}:${this.#prefixes.toString(16)}::/80`;
  }
}

/** Addresses of a /80, from the second: as many as are asked for, so many are there. */
export function ipv6AddressesIn(prefix: string, count: number): string[] {
  const base = prefix.replace(/\/80$/, '');
  return Array.from({ length: count }, (_, at) => `${base}${(at + 2).toString(16)}`);
}
