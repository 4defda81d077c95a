import { describe, expect, it } from 'vitest';
import type { CiliumAgentReading, CiliumComponent, CiliumStatus } from '#lib/model/cilium-agent.ts';
import { type AgentProblemKind, agentProblems } from '#lib/network/cilium/agent-problems.ts';

const AT = { nodeName: 'a', podName: 'cilium-a' };
const status = (over: Partial<CiliumStatus> = {}): CiliumAgentReading => ({
  ...AT,
  status: { components: [], controllers: 9, failing: 0, failingControllers: [], stale: [], ...over },
});
const part = (name: string, state: string, message?: string): CiliumAgentReading => {
  const component: CiliumComponent = { name, state, ...(message === undefined ? {} : { message }) };
  return status({ components: [component] });
};
const failing = (...failures: readonly number[]) =>
  status({ failingControllers: failures.map((count, at) => ({ name: `c${at}`, failures: count, message: 'why' })) });

describe('an agent', () => {
  it.each<[string, CiliumAgentReading, readonly (readonly [AgentProblemKind, string])[]]>([
    ['that was not read', { ...AT, unread: 'no.' }, []],
    ['that is well', { ...part('cilium', 'Ok'), bpfMounted: true }, []],
    ['without a part', part('kvstore', 'Disabled'), []],
    ['without a BPF filesystem', { ...status(), bpfMounted: false }, [['bpf-not-mounted', 'critical']]],
    ['without the API', part('kubernetes', 'Failure', 'i/o timeout'), [['kubernetes-unreachable', 'critical']]],
    ['that fails', part('cilium', 'Failure'), [['agent-failing', 'critical']]],
    ['of which a part fails', part('cni-file', 'Failure'), [['component-failing', 'warning']]],
    ['that warns', part('kubernetes', 'Warning'), [['component-warns', 'warning']]],
    ['in a state that nobody knows', part('cilium', 'Dozing'), [['state-unknown', 'unknown']]],
    ['of which a controller failed four times', failing(4), []],
    ['of which one failed five times', failing(5, 1), [['controllers-failing', 'warning']]],
    ['whose view is old', status({ stale: [{ name: 'kvstore', since: '2026-11-24T02:40:00Z' }] }), [['stale', 'warning']]],
    ['with addresses left', status({ ipam: 'IPv4: 13/14 allocated from 10.0.1.0/28, ' }), []],
    ['with none left', status({ ipam: 'IPv4: 14/14 allocated' }), [['addresses-full', 'warning']]],
    ['with none left of IPv6', status({ ipam: 'IPv4: 1/9 allocated, IPv6: 9/9 allocated' }), [['addresses-full', 'warning']]],
    ['of multi-pool, which tells no ratio', status({ ipam: 'IPv4: 2 IPAM pool(s) available' }), []],
    ['before its first address', status({ ipam: 'IPv4: 0/0 allocated' }), []],
  ])('%s', (_, reading, problems) => {
    expect(agentProblems(reading, 5).map(({ kind, verdict }) => [kind, verdict])).toEqual(problems);
  });

  it.each<[string, AgentProblemKind | undefined]>([
    ['level=fatal msg="Unable to mount BPF filesystem" error="permission denied"', 'bpf-not-mounted'],
    ['level=fatal msg="failed to start: BPF filesystem is not mounted"', 'bpf-not-mounted'],
    ['level=error msg="Unable to contact k8s api-server" ipAddr=10.100.0.1', 'kubernetes-unreachable'],
    ['level=fatal msg="unable to initialize kernel: 4.14 is too old"', undefined],
    ['level=fatal msg="bpf program too large"', undefined],
  ])('whose last words were %s', (lastWords, kind) => {
    expect(agentProblems({ ...AT, unread: 'It does not run.', lastWords }, 5).map((problem) => problem.kind)).toEqual(
      kind === undefined ? [] : [kind],
    );
  });

  it('says how bad it is, in bounds', () => {
    const clauses = [failing(7, 6), part('kubernetes', 'Failure', `a\n${'x'.repeat(500)}`)].flatMap((one) =>
      agentProblems(one, 5),
    );
    expect(clauses[0]?.clause).toBe('2 of 9 controllers failing, c0 7 times in a row (why)');
    expect(clauses[1]?.clause).toMatch(/^it does not reach the Kubernetes API \(a x{197}…\)$/);
  });
});
