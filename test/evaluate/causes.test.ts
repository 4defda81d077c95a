import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHECKS } from '#lib/checks/index.ts';
import { linkCauses } from '#lib/evaluate/causes.ts';
import { EXPLANATIONS } from '#lib/evaluate/explanations.ts';
import type { Finding } from '#lib/model/finding.ts';
import { aFinding } from '#test/scenarios/assessments.ts';

/** A finding that is known by its name. */
const finding = (fingerprint: string, check: string, over: Partial<Finding> = {}): Finding => {
  const { remediation: _none, ...rest } = aFinding({ fingerprint, check, evidence: {}, ...over });
  return rest;
};
const cluster = { kind: 'cluster', id: 'arn' } as const;
const daemonSet = { kind: 'daemonset', id: 'kube-system/aws-node' } as const;
const node = (id: string) => ({ kind: 'node', id }) as const;
const subnet = (id: string) => ({ kind: 'subnet', id }) as const;

const sandbox = (evidence: Finding['evidence']) => finding('sandbox', 'pod-sandbox-failures', { resource: cluster, evidence });
const awaiting = finding('awaiting', 'pods-awaiting-network', { resource: cluster, evidence: { nodes: ['n1', 'n2'] } });
const agents = (nodes: string[], over: Partial<Finding> = {}) =>
  finding('agents', 'cni-agents', { resource: daemonSet, evidence: { nodes }, ...over });

/** The fingerprints of the causes of the first. */
const causesOf = (...findings: Finding[]) => linkCauses(findings)[0]?.causes ?? [];

describe('a symptom and what explains it', () => {
  const down = { cause: 'agent-down', nodes: ['n1'] };
  const empty = { cause: 'no-free-address', detail: 'subnet-empty', nodes: ['n1'], subnets: ['s1'] };
  const many = Array.from({ length: 20 }, (_, at) => `m${at}`);
  test.each<[string, Finding[], string[]]>([
    ['the agent of the same node', [sandbox(down), agents(['n1', 'n9'])], ['agents']],
    ['the agent of another node', [sandbox(down), agents(['n2'])], []],
    ['agents of so many nodes that not all are named', [sandbox(down), agents(many)], ['agents']],
    ['an agent that is only a warning', [sandbox(down), agents(['n1'], { verdict: 'warning' })], []],
    ['an agent that works', [sandbox(down), agents(['n1'], { verdict: 'ok' })], []],
    ['an agent that could not be judged', [sandbox(down), agents(['n1'], { verdict: 'unknown' })], []],
    ['the subnet that is empty', [sandbox(empty), finding('full', 'subnet-ip-exhaustion', { resource: subnet('s1') })], ['full']],
    ['another subnet', [sandbox(empty), finding('full', 'subnet-ip-exhaustion', { resource: subnet('s2') })], []],
    [
      'the subnet, where the node is at its limit',
      [sandbox({ ...empty, detail: 'node-limit' }), finding('full', 'subnet-ip-exhaustion', { resource: subnet('s1') })],
      [],
    ],
    [
      'the subnet and the node, where EC2 did not tell which',
      [
        sandbox({ ...empty, detail: null }),
        finding('full', 'subnet-ip-exhaustion', { resource: subnet('s1') }),
        finding('limit', 'node-ip-capacity', { resource: node('n1') }),
      ],
      ['full', 'limit'],
    ],
    ['pods that wait, by their failures', [awaiting, sandbox(down)], ['sandbox']],
    ['a node, by its DaemonSet', [finding('n1', 'cni-agents', { resource: node('n1') }), agents(['n1'])], ['agents']],
    ['a DaemonSet, by itself', [agents(['n1'])], []],
    [
      'a node that is not ready for want of its agent',
      [finding('ready', 'node-readiness', { resource: node('n1'), evidence: { causes: ['agent'] } }), agents(['n1'])],
      ['agents'],
    ],
    [
      'a node that is not ready for another reason',
      [finding('ready', 'node-readiness', { resource: node('n1'), evidence: { causes: ['routes'] } }), agents(['n1'])],
      [],
    ],
    ['a check that is no symptom', [finding('full', 'subnet-ip-exhaustion'), agents(['n1'])], []],
  ])('%s', (_situation, findings, causes) => {
    expect(causesOf(...findings)).toEqual(causes);
  });
});

test('a symptom that is well has no causes', () => {
  expect(causesOf({ ...awaiting, verdict: 'ok' }, agents(['n1']))).toEqual([]);
});

describe('the table', () => {
  test('names checks that there are', () => {
    const ids = new Set(CHECKS.map(({ id }) => id));
    for (const { symptom, by } of EXPLANATIONS) expect([ids.has(symptom) || symptom, ids.has(by) || by]).toEqual([true, true]);
  });

  test('has no circle', () => {
    const beneath = (at: string, seen: readonly string[]): void => {
      expect(seen).not.toContain(at);
      for (const { symptom, kind, by, byKind } of EXPLANATIONS) {
        const own = `${symptom} ${kind ?? ''}`;
        if (own === at || own === `${at.split(' ')[0]} `) beneath(`${by} ${byKind ?? ''}`, [...seen, at]);
      }
    };
    for (const { symptom, kind } of EXPLANATIONS) beneath(`${symptom} ${kind ?? ''}`, []);
  });
});

const anyFinding = fc.record({
  check: fc.constantFrom(...new Set(EXPLANATIONS.flatMap(({ symptom, by }) => [symptom, by]))),
  verdict: fc.constantFrom<Finding['verdict'][]>('ok', 'warning', 'critical', 'unknown'),
  resource: fc.constantFrom(cluster, daemonSet, node('n1'), node('n2'), subnet('s1')),
  evidence: fc.constantFrom<Finding['evidence'][]>(
    { cause: 'agent-down', nodes: ['n1'] },
    { cause: 'no-free-address', detail: null, nodes: ['n1', 'n2'], subnets: ['s1'] },
    { causes: ['agent', 'addresses'], nodes: ['n2'] },
  ),
});

test('every chain of causes ends in a root that is no less severe, and nothing but `causes` changes', () => {
  fc.assert(
    fc.property(fc.array(anyFinding, { maxLength: 12 }), (parts) => {
      const findings = parts.map((part, at) => finding(`f${at}`, part.check, part));
      const linked = linkCauses(findings);
      const byName = new Map(linked.map((one) => [one.fingerprint, one]));
      const roots = (one: Finding, depth = 0): readonly Finding[] => {
        expect(depth).toBeLessThan(6);
        return one.causes === undefined ? [one] : one.causes.flatMap((name) => roots(byName.get(name) as Finding, depth + 1));
      };
      for (const one of linked.filter(({ verdict }) => verdict === 'critical'))
        expect(roots(one).every(({ verdict }) => verdict === 'critical')).toBe(true);
      expect(linked.map(({ causes: _causes, ...rest }) => rest)).toEqual(findings);
    }),
  );
});
