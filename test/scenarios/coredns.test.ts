/** CoreDNS in worlds in which its checks say this and that: found, read and judged through the real SDK clients. */
import { describe, expect, it } from 'vitest';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import type { World } from '#lib/sandbox/world.ts';
import { assessWorld, type HowToAssess } from './assess-world.ts';
import * as coredns from './worlds/coredns.ts';
import { autoMode } from './worlds/nodes.ts';
import { shop } from './worlds/shop.ts';

type Row = readonly [situation: string, world: () => World, verdict: Verdict, how?: HowToAssess];

const HEALTHY = coredns.metrics(10_000, 20);

const CASES: Readonly<Record<string, readonly Row[]>> = {
  coredns: [
    ['as the add-on installs it', () => shop(), 'ok'],
    ['three replicas wanted, two of them ready', () => coredns.replicas(3), 'warning'],
    ['five replicas wanted, two of them ready', () => coredns.replicas(5), 'critical'],
    ['no endpoint ready', coredns.noEndpointReady, 'critical'],
    ['a Corefile without the plugin kubernetes', () => coredns.corefile('.:53 {\n forward . /etc/resolv.conf\n}\n'), 'critical'],
    ['a Corefile that breaks off', () => coredns.corefile('.:53 {\n kubernetes cluster.local\n'), 'warning'],
    ['no ConfigMap', coredns.noConfigMap, 'warning'],
    ['the add-on degraded', () => coredns.addonStatus('DEGRADED'), 'warning'],
    ['NodeLocal DNSCache without an agent', coredns.cacheWithoutAgents, 'critical'],
    ['ConfigMaps refused', () => coredns.refused('configmaps'), 'unknown'],
    ['Deployments refused', () => coredns.refused('deployments'), 'unknown'],
    ['pods refused', () => coredns.refused('pods'), 'unknown'],
    ['add-ons denied', () => shop(), 'unknown', { denied: ['eks:ListAddons'] }],
    ['Auto Mode, whose nodes answer themselves', autoMode, 'not-applicable'],
  ],
  'dns-quality': [
    ['few errors', () => coredns.counters(HEALTHY, HEALTHY), 'ok'],
    ['3 % SERVFAIL of one pod', () => coredns.counters(HEALTHY, coredns.metrics(10_000, 300)), 'warning'],
    ['half of the answers SERVFAIL', () => coredns.counters(HEALTHY, coredns.metrics(10_000, 9_000)), 'critical'],
    ['one pod does not answer', () => coredns.counters(HEALTHY), 'unknown'],
    ['neither answers', () => shop(), 'unknown'],
    ['the proxy refused', () => coredns.refused('pods/proxy'), 'unknown'],
    ['nobody switched it on', () => shop(), 'not-applicable', { optIn: [] }],
    ['no CoreDNS pod', autoMode, 'not-applicable'],
  ],
};

describe.each(Object.entries(CASES))('%s', (id, rows) => {
  it.each(rows.map(([situation, world, verdict, how]) => ({ situation, world, verdict, how })))(
    '$situation: $verdict',
    async ({ world, verdict, how }) => {
      const { findings } = await assessWorld(world(), how);
      const own = findings.filter(({ check }) => check === id);
      expect(own).not.toEqual([]);
      const worst = worstVerdict(own.map((finding) => finding.verdict));
      expect(worst, own.map((finding) => `${finding.verdict}: ${finding.summary}`).join('\n')).toBe(verdict);
    },
  );
});
