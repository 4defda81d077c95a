/** cilium-agent in worlds whose agents say this and that: found, read and judged through the real clients, exec among them. */
import { describe, expect, it } from 'vitest';
import type { Assessment } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import type { World } from '#lib/sandbox/world.ts';
import { assessWorld, type HowToAssess } from './assess-world.ts';
import { ciliumAgents, formerClient } from './worlds/cilium-agent.ts';
import { shop } from './worlds/shop.ts';

const FAILS = { state: 'Failure', msg: 'Get "https://10.100.0.1:443/version": dial tcp 10.100.0.1:443: i/o timeout' };
const BPF_LOG = 'level=info msg="Starting"\nlevel=fatal msg="Unable to mount BPF filesystem" error="operation not permitted"\n';
const API_LOG = 'time=2026-11-24T02:58:00Z level=error msg="Unable to contact k8s api-server" error="i/o timeout"\n';
const only = (node: number) => (at: number) => at === node;
/** The node at this place, and every other, in both directions. */
const cutOff = (node: number) => (from: number, to: number) =>
  (from === node || to === node ? 'no-pods' : 'all') as 'no-pods' | 'all';

type Row = readonly [situation: string, world: () => World, verdict: Verdict, how?: HowToAssess];
const CASES: readonly Row[] = [
  ['every agent is well', () => ciliumAgents(), 'ok'],
  ['agents of an image with the former client', () => formerClient(), 'ok'],
  ['nodes let no pings through', () => ciliumAgents({ probes: () => 'no-ping' }), 'ok'],
  ['agents are told not to probe', () => ciliumAgents({ says: () => ({ healthDisabled: true }) }), 'ok'],
  [
    'a controller fails time after time',
    () => ciliumAgents({ says: () => ({ failing: { 'sync-policymap': [12, 'no space left'] } }) }),
    'warning',
  ],
  ['an answer is old', () => ciliumAgents({ says: () => ({ stale: { kubernetes: '2026-11-24T02:40:00Z' } }) }), 'warning'],
  ['no address is left', () => ciliumAgents({ says: () => ({ ipam: 'IPv4: 14/14 allocated from 10.0.1.0/28, ' }) }), 'warning'],
  [
    'a probe fails in one direction',
    () => ciliumAgents({ probes: (from, to) => (from === 0 && to === 1 ? 'no-pods' : 'all') }),
    'warning',
  ],
  [
    'the Kubernetes API is unreachable from an agent',
    () => ciliumAgents({ says: (at) => (at === 2 ? { kubernetes: FAILS } : {}) }),
    'critical',
  ],
  ['the BPF filesystem is not mounted', () => ciliumAgents({ bpf: (at) => at !== 1 }), 'critical'],
  [
    'an agent ended since it could not mount the BPF filesystem',
    () => ciliumAgents({ ended: (at) => (at === 1 ? BPF_LOG : undefined) }),
    'critical',
  ],
  [
    'an agent ended since it could not reach the Kubernetes API',
    () => ciliumAgents({ ended: (at) => (at === 1 ? API_LOG : undefined) }),
    'critical',
  ],
  [
    'pods on two nodes cannot reach each other',
    () => ciliumAgents({ probes: (from, to) => (from + to === 1 ? 'no-pods' : 'all') }),
    'critical',
  ],
  ['nobody reaches the pods of a node', () => ciliumAgents({ probes: cutOff(3) }), 'critical'],
  [
    'an agent ended for another reason',
    () => ciliumAgents({ ended: (at) => (at === 1 ? 'level=fatal msg="boom"' : undefined) }),
    'unknown',
  ],
  [
    'an agent does not answer its own client',
    () =>
      ciliumAgents({
        executed: (at) =>
          at === 1 ? { 'cilium-dbg status -o json': { exitCode: 1, stderr: 'Cannot get status: Is the agent running?' } } : {},
      }),
    'unknown',
  ],
  [
    'an agent answers something else',
    () => ciliumAgents({ executed: (at) => (at === 1 ? { 'cilium-dbg status -o json': { stdout: '{"cilium":7}' } } : {}) }),
    'unknown',
  ],
  ['an agent has not probed anybody', () => ciliumAgents({ probes: (from) => (from === 1 ? 'not-probed' : 'all') }), 'unknown'],
  ['running commands is refused', () => ciliumAgents({ forbidden: ['pods/exec'] }), 'unknown'],
  ['nobody switched it on', () => ciliumAgents(), 'not-applicable', { optIn: [] }],
  ['no Cilium', () => shop(), 'not-applicable'],
];

const of = ({ findings }: Assessment) => findings.filter(({ check }) => check === 'cilium-agent');
const told = (findings: readonly Finding[]) => findings.map((finding) => `${finding.verdict}: ${finding.summary}`).join('\n');

describe('cilium-agent', () => {
  it.each(CASES.map(([situation, world, verdict, how]) => ({ situation, world, verdict, how })))(
    '$situation: $verdict',
    async ({ world, verdict, how }) => {
      const own = of(await assessWorld(world(), how));
      expect(own).not.toEqual([]);
      expect(worstVerdict(own.map((finding) => finding.verdict)), told(own)).toBe(verdict);
    },
  );

  it.each<[string, World, number, string, RegExp]>([
    [
      'the Kubernetes API',
      ciliumAgents({ says: (at) => (at === 2 ? { kubernetes: FAILS } : {}) }),
      2,
      'restart-cni',
      /does not reach the Kubernetes API \(Get "https:\/\/10\.100\.0\.1:443\/version".*i\/o timeout\)/,
    ],
    ['the BPF filesystem', ciliumAgents({ bpf: (at) => !only(1)(at) }), 1, 'mount-bpf', /no BPF filesystem is mounted/],
    [
      'why an agent ended',
      ciliumAgents({ ended: (at) => (at === 1 ? BPF_LOG : undefined) }),
      1,
      'mount-bpf',
      /could not mount the BPF filesystem/,
    ],
  ])('tells of %s on its node alone, and what to do', async (_, world, at, remediation, summary) => {
    const nodes = world.clusters[0]?.kubernetes.find(({ plural }) => plural === 'nodes')?.items ?? [];
    const findings = of(await assessWorld(world));
    const critical = findings.filter(({ verdict, resource }) => verdict === 'critical' && resource.kind === 'node');
    expect(critical.map(({ resource }) => resource.id)).toEqual([nodes[at]?.metadata.name]);
    expect(critical[0]).toMatchObject({ remediation, summary: expect.stringMatching(summary) });
  });

  it('tells once of a node that nobody reaches, with its peers', async () => {
    const findings = of(await assessWorld(ciliumAgents({ probes: cutOff(3) })));
    const critical = findings.filter(({ verdict }) => verdict === 'critical');
    expect(critical).toMatchObject([
      { resource: { kind: 'daemonset' }, evidence: { asked: 4, answered: 4, problemCounts: { 'peers-unreachable': 1 } } },
      {
        resource: { kind: 'node' },
        evidence: { peersUnreachableCount: 3 },
        summary: expect.stringMatching(/its pods and those on 3 peers .* cannot reach each other/),
      },
    ]);
    expect(findings.filter(({ verdict }) => verdict === 'ok')).toHaveLength(3);
  });
});
