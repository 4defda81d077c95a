import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NetworkPolicy, Pod } from '#lib/model/kubernetes.ts';
import { parseAddress } from '#lib/network/address.ts';
import type { PolicyRef, PolicySide } from '#lib/network/policy/decision.ts';
import type { PolicyEnd } from '#lib/network/policy/ends.ts';
import type { PolicyEngine } from '#lib/network/policy/engines.ts';
import { groupedVerdicts, podGroups } from '#lib/network/policy/groups.ts';
import { compilePolicies, type PolicyVerdict, policyVerdict } from '#lib/network/policy/network-policies.ts';
import { mayConnect } from '#test/network/policies-by-the-book.ts';
import { type PolicyCase, policyCase } from '#test/network/policy/worlds.ts';

const engineThat = (selectsHostNetwork: boolean | undefined): PolicyEngine => ({
  blocksMatchCluster: true,
  namesPortsWithoutSelector: true,
  ...(selectsHostNetwork === undefined ? {} : { selectsHostNetwork }),
});

const end = (of: Pod | string): PolicyEnd =>
  typeof of === 'string' ? { kind: 'address', address: parseAddress(of) ?? 0 } : { kind: 'pod', pod: of };

interface Asked {
  readonly selectsHostNetwork?: boolean;
  readonly namesOnly?: boolean;
  /** Where every pod is under one that denies by default. */
  readonly nodeClass?: { readonly policiesReach: boolean };
}

const denyAll = (namespace: string): NetworkPolicy => ({
  namespace,
  name: 'deny-all',
  podSelector: {},
  policyTypes: ['Ingress', 'Egress'],
  ingress: [],
  egress: [],
});

function ask(
  { policies, namespaces, source, destination, port, protocol }: PolicyCase,
  { selectsHostNetwork, namesOnly, nodeClass }: Asked = {},
): PolicyVerdict {
  const compiled = compilePolicies({
    policies,
    namespaces: namesOnly ? undefined : namespaces,
    resources: [],
    engine: engineThat(selectsHostNetwork),
    ...(nodeClass ? { enforcement: () => ({ kind: 'default-deny', nodeClass: 'strict', ...nodeClass }) } : {}),
  });
  return policyVerdict(compiled, end(source), end(destination), { port, protocol });
}

const byTheBook = (of: PolicyCase, selectsHostNetwork: boolean) =>
  mayConnect({ ...of, selectsHostNetwork }, of) ? 'allowed' : 'denied';

/** The policies so named, with this direction alone. */
function named({ policies }: PolicyCase, refs: readonly PolicyRef[], side: PolicySide): NetworkPolicy[] {
  const policyTypes = [side === 'egress' ? 'Egress' : 'Ingress'];
  return policies
    .filter(({ namespace, name }) => refs.some((ref) => ref.namespace === namespace && ref.name === name))
    .map((policy) => ({ ...policy, policyTypes }));
}

/** What the reason of a verdict claims, each as a case of its own with the verdict that it should have. */
function claims(of: PolicyCase, verdict: PolicyVerdict): { claim: PolicyCase; expected: PolicyVerdict['verdict'] }[] {
  if (verdict.verdict === 'unknown') return [];
  if (verdict.verdict === 'denied') {
    return verdict.blockedBy.flatMap(({ side, isolatedBy }) =>
      named(of, isolatedBy, side).map((policy) => ({ claim: { ...of, policies: [policy] }, expected: 'denied' as const })),
    );
  }
  return (['egress', 'ingress'] as const).flatMap((side) => {
    const passage = verdict[side];
    if (passage.by !== 'rule') return [];
    return named(of, [passage.policy], side).map((policy) => {
      const alone = { ...policy, [side]: policy[side].slice(passage.rule, passage.rule + 1) };
      return { claim: { ...of, policies: [alone] }, expected: 'allowed' as const };
    });
  });
}

describe('whatever the policies, pods and namespaces', () => {
  test('the verdict is that of the documentation, read sentence by sentence', () => {
    const seen = { allowed: 0, denied: 0 };
    const property = fc.property(policyCase, fc.boolean(), (of, selectsHostNetwork) => {
      const expected = byTheBook(of, selectsHostNetwork);
      seen[expected]++;
      expect(ask(of, { selectsHostNetwork }).verdict).toBe(expected);
    });
    fc.assert(property, { numRuns: 3000 });
    // A generator that hardly ever denies would show little.
    expect(Math.min(seen.allowed, seen.denied)).toBeGreaterThan(300);
  });

  test('a NodeClass that denies by default is a policy without rules on every pod', () => {
    const seen = { allowed: 0, denied: 0, unknown: 0 };
    const property = fc.property(policyCase, fc.boolean(), (of, policiesReach) => {
      const denials = of.namespaces.map(({ name }) => denyAll(name));
      const handed = byTheBook({ ...of, policies: [...of.policies, ...denials] }, true);
      const notHanded = byTheBook({ ...of, policies: denials }, true);
      const { verdict } = ask(of, { selectsHostNetwork: true, nodeClass: { policiesReach } });
      seen[verdict]++;
      if (verdict === 'unknown') return;
      expect(verdict).toBe(handed);
      if (!policiesReach) expect(verdict).toBe(notHanded);
    });
    fc.assert(property, { numRuns: 2000 });
    expect(Math.min(seen.allowed, seen.denied, seen.unknown)).toBeGreaterThan(50);
  });

  test('where plugins differ about host-network pods, what is certain holds under both readings', () => {
    const property = fc.property(policyCase, (of) => {
      const { verdict } = ask(of);
      if (verdict !== 'unknown') expect([verdict, verdict]).toEqual([byTheBook(of, true), byTheBook(of, false)]);
      else expect(byTheBook(of, true)).not.toBe(byTheBook(of, false));
    });
    fc.assert(property, { numRuns: 2000 });
  });

  test('without the labels of namespaces, what is certain stays as it is with them', () => {
    let certain = 0;
    const property = fc.property(policyCase, (of) => {
      const { verdict } = ask(of, { namesOnly: true, selectsHostNetwork: true });
      if (verdict === 'unknown') return;
      certain++;
      expect(verdict).toBe(byTheBook(of, true));
    });
    fc.assert(property, { numRuns: 1000 });
    expect(certain).toBeGreaterThan(600);
  });

  test('the reason holds by itself: the rule that allows does so alone, and those that isolate do', () => {
    let checked = 0;
    const property = fc.property(policyCase, (of) => {
      for (const { claim, expected } of claims(of, ask(of, { selectsHostNetwork: true }))) {
        checked++;
        expect(ask(claim, { selectsHostNetwork: true }).verdict).toBe(expected);
      }
    });
    fc.assert(property, { numRuns: 1000 });
    expect(checked).toBeGreaterThan(300);
  });

  test('a question about all pods gives each the verdict of its own question', () => {
    const property = fc.property(policyCase, (of) => {
      const { policies, namespaces, pods, destination, port, protocol } = of;
      const compiled = compilePolicies({ policies, namespaces, resources: [], engine: engineThat(undefined) });
      const groups = groupedVerdicts(compiled, podGroups(compiled, pods), end(destination), { port, protocol });
      const answers = new Map(groups.flatMap(({ verdict, pods: alike }) => alike.map((pod) => [pod, verdict])));
      expect(answers.size).toBe(pods.length);
      for (const pod of pods) expect(answers.get(pod)).toEqual(ask({ ...of, source: pod }));
    });
    fc.assert(property, { numRuns: 1000 });
  });
});
