/** What the check of CoreDNS says of worlds whose objects come from a real API server, and from the sandbox: the same. */
import { expect, test } from 'vitest';
import { check } from '#lib/checks/dns/coredns.ts';
import { defaultConfig } from '#lib/config/config.ts';
import { evaluate } from '#lib/evaluate/evaluate.ts';
import type { Check } from '#lib/model/check.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { startSandbox } from '#lib/sandbox/sandbox.ts';
import type { World } from '#lib/sandbox/world.ts';
import * as coredns from '#test/scenarios/worlds/coredns.ts';
import { autoMode } from '#test/scenarios/worlds/nodes.ts';
import { shop } from '#test/scenarios/worlds/shop.ts';
import { readFromBoth } from './both-sides.ts';

/** Without the agents of NodeLocal DNSCache: objects are new on a server that has just got them, and what is new may still start. */
const CASES: readonly (readonly [situation: string, world: () => World, verdict: Verdict])[] = [
  ['as the add-on installs it', () => shop(), 'ok'],
  ['three replicas wanted, two of them ready', () => coredns.replicas(3), 'warning'],
  ['five replicas wanted, two of them ready', () => coredns.replicas(5), 'critical'],
  ['no endpoint ready', coredns.noEndpointReady, 'critical'],
  ['a Corefile that breaks off', () => coredns.corefile('.:53 {\n kubernetes cluster.local\n'), 'warning'],
  ['no ConfigMap', coredns.noConfigMap, 'warning'],
  ['Deployments may not be read', () => coredns.refused('deployments'), 'unknown'],
  ['Auto Mode, whose nodes answer themselves', autoMode, 'not-applicable'],
];

function judge(snapshot: Snapshot): { readonly verdict: Verdict; readonly said: readonly string[] } {
  const { findings, verdict } = evaluate(snapshot, { config: defaultConfig(), checks: [check as Check] });
  return { verdict, said: findings.map((finding) => `${finding.verdict}: ${finding.summary}`) };
}

/** A real server names in a refusal who asked, and the resource with its group. */
const withoutRefusal = (text: string): string =>
  text.replace(/answered 403: .*? at the cluster scope|answered 403: .*?"kube-system"/, '403');

test.each(CASES.map(([situation, makeWorld, verdict]) => ({ situation, makeWorld, verdict })))(
  '$situation: $verdict',
  async ({ makeWorld, verdict }) => {
    const world = makeWorld();
    const [cluster] = world.clusters;
    if (cluster === undefined) throw new Error('the world has no cluster');
    const sandbox = await startSandbox(world);
    try {
      const { fromSandbox, fromServer } = await readFromBoth(sandbox, world, cluster);
      const [server, sandboxed] = [judge(fromServer), judge(fromSandbox)];
      expect(server.said.map(withoutRefusal)).toEqual(sandboxed.said.map(withoutRefusal));
      expect(server.verdict).toBe(verdict);
    } finally {
      await sandbox.close();
    }
  },
);
