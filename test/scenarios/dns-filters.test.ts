/** The checks of what stands between pods and CoreDNS, in worlds in which they say this and that, through the real SDK clients. */
import { describe, expect, it } from 'vitest';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import type { World } from '#lib/sandbox/world.ts';
import { contradictions } from '#test/sandbox/world-consistency.ts';
import { assessWorld, type HowToAssess } from './assess-world.ts';
import * as filters from './worlds/dns-filters.ts';
import { autoMode } from './worlds/nodes.ts';
import { shop } from './worlds/shop.ts';

type Row = readonly [situation: string, world: () => World, verdict: Verdict, how?: HowToAssess];

const CASES: Readonly<Record<string, readonly Row[]>> = {
  'dns-security-groups': [
    ["the cluster's own group", () => shop(), 'ok'],
    ['pods with a group of their own that lets DNS out', filters.groupLetsDnsOut, 'ok'],
    ['and over UDP alone', filters.groupLetsUdpOut, 'warning'],
    ['and none', filters.groupLetsNoDnsOut, 'critical'],
    ['the rules were not read', () => shop(), 'unknown', { denied: ['ec2:DescribeSecurityGroupRules'] }],
    ['Auto Mode, without CoreDNS', autoMode, 'not-applicable'],
  ],
  'dns-network-acls': [
    ["the VPC's own ACL", () => shop(), 'ok'],
    ['one that lets everything through', filters.openAcl, 'ok'],
    ['one that denies DNS, with CoreDNS in the subnet too', filters.aclDeniesDns, 'warning'],
    ['one that drops the answers', filters.aclDropsAnswers, 'critical'],
    ['IPv6', filters.ipv6Open, 'ok'],
    ['Auto Mode, without CoreDNS', autoMode, 'not-applicable'],
    ['ACLs were not read', () => shop(), 'unknown', { denied: ['ec2:DescribeNetworkAcls'] }],
  ],
  'dns-network-policy': [
    ['no policy', () => filters.policies(), 'ok'],
    ['everything denied', () => filters.policies(filters.denyAll), 'critical'],
    ['and DNS allowed', () => filters.policies(filters.denyAll, filters.allowDns('UDP', 'TCP')), 'ok'],
    ['DNS allowed over UDP alone', () => filters.policies(filters.denyAll, filters.allowDns('UDP')), 'warning'],
    ['CoreDNS lets nobody in', () => filters.policies(filters.lockCoreDns), 'critical'],
    ['nobody enforces policies', () => filters.policiesOfNobody(filters.denyAll), 'ok'],
    ['Auto Mode, without CoreDNS', autoMode, 'not-applicable'],
    ['Auto Mode beside, whose NodeClass sets nothing', () => filters.besideAutoMode({}), 'ok'],
    ['and denies by default', () => filters.besideAutoMode({ networkPolicy: 'DefaultDeny' }), 'unknown'],
    ['and was not read', () => forbidden('nodeclasses', filters.besideAutoMode({})), 'unknown'],
    ['policies were not read', () => forbidden('networkpolicies', filters.policies(filters.denyAll)), 'unknown'],
  ],
};

function forbidden(resource: string, world: World): World {
  return { ...world, clusters: world.clusters.map((cluster) => ({ ...cluster, forbidden: [resource] })) };
}

describe.each(Object.entries(CASES))('%s', (id, cases) => {
  it.each(cases.map(([situation, makeWorld, verdict, how]) => ({ situation, makeWorld, verdict, how })))(
    '$situation: $verdict',
    async ({ makeWorld, verdict, how }) => {
      const world = makeWorld();
      expect(contradictions(world)).toEqual([]);
      const own = (await assessWorld(world, how)).findings.filter(({ check }) => check === id);
      expect(own).not.toEqual([]);
      expect(worstVerdict(own.map((finding) => finding.verdict)), own.map(({ summary }) => summary).join('\n')).toBe(verdict);
    },
  );
});
