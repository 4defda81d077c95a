import type { CanaryReport } from '#lib/model/canary.ts';

export interface CanaryRoute {
  readonly node: string;
  /** Null where the routes were not read. */
  readonly hasDefault: boolean | null;
  /** The default route's next hop; null where it goes by the device alone, or there is none. */
  readonly gateway: string | null;
}

/** The default route of a client, of the family that the cluster's pods have. */
export function canaryRoute({ nodeName, routes }: CanaryReport, family: 'ipv4' | 'ipv6'): CanaryRoute {
  const lines = routes[family];
  if (lines === undefined) return { node: nodeName, hasDefault: null, gateway: null };
  // `unreachable default` is no way out. Source: ip-route(8).
  const found = lines.find((line) => /^default (via|dev) /.test(`${line} `));
  return { node: nodeName, hasDefault: found !== undefined, gateway: /^default via (\S+)/.exec(found ?? '')?.[1] ?? null };
}
