import type { DnsPolicyWay } from '#lib/network/dns/policy-ways.ts';
import type { PolicyBlock, PolicyRef } from '#lib/network/policy/decision.ts';
import { defaultDenier, policyDoubtText, policyName, policyNames } from '#lib/network/policy/words.ts';

/** Why these ways do not plainly pass: a clause each. */
export function reasonsOf(ways: readonly DnsPolicyWay[]): readonly string[] {
  return [...new Set(ways.flatMap(reasons))];
}

function reasons(way: DnsPolicyWay): readonly string[] {
  switch (way.verdict) {
    case 'deny':
      return way.blockedBy.map((block) => {
        const { side, isolatedBy } = block;
        if (isolatedBy.length === 0) return deniedByDefault(block);
        return side === 'egress'
          ? `no egress rule of ${policyNames(isolatedBy)} lets it out`
          : `no ingress rule of ${policyNames(isolatedBy)} lets it in to CoreDNS`;
      });
    case 'disputed':
      return [
        way.over === 'service-address'
          ? "an ipBlock covers CoreDNS's pods or the address of its Service, and not both: which of them it is asked for differs between plugins"
          : "no egress rule allows the cache on the pods' own node, which the API allows anyhow and some plugins deny",
      ];
    case 'unknown':
      return way.because === 'services-unread'
        ? ["an ipBlock decides, and the address of CoreDNS's Service was not read"]
        : way.because.map(policyDoubtText);
  }
}

function deniedByDefault({ side, nodeClass }: PolicyBlock): string {
  if (nodeClass === undefined) return "in the VPC CNI's strict mode everything is denied to a pod that no policy selects";
  const denied = side === 'egress' ? 'a pod' : 'a CoreDNS pod';
  return `${defaultDenier({ nodeClass })} denies everything to ${denied} that no policy selects`;
}

/** The policies that these ways hang on, by name. */
export function policiesIn(ways: readonly DnsPolicyWay[]): readonly string[] {
  return [...new Set(ways.flatMap(refs).map(policyName))];
}

function refs(way: DnsPolicyWay): readonly PolicyRef[] {
  if (way.verdict === 'deny') return way.blockedBy.flatMap(({ isolatedBy }) => isolatedBy);
  if (way.verdict === 'disputed' || way.because === 'services-unread') return [];
  return way.because.flatMap((doubt) => (doubt.kind === 'policy' ? [doubt.policy] : []));
}
