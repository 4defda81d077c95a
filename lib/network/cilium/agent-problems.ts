import type { CiliumAgentReading, CiliumComponent, CiliumStatus } from '#lib/model/cilium-agent.ts';
import { plural } from '#lib/model/plural.ts';

/** What is wrong with an agent, by what it says of itself. */
export type AgentProblemKind =
  | 'bpf-not-mounted'
  | 'kubernetes-unreachable'
  | 'agent-failing'
  | 'component-failing'
  | 'component-warns'
  | 'state-unknown'
  | 'controllers-failing'
  | 'stale'
  | 'addresses-full';

export interface AgentProblem {
  readonly kind: AgentProblemKind;
  readonly verdict: 'critical' | 'warning' | 'unknown';
  /** With its figures, for the middle of a sentence. */
  readonly clause: string;
}

/** @param controllerFailures failures of a controller in a row that make it one that fails */
export function agentProblems(
  { status, bpfMounted, lastWords }: CiliumAgentReading,
  controllerFailures: number,
): readonly AgentProblem[] {
  return [
    ...lastProblem(lastWords),
    ...(bpfMounted === false ? [problem('bpf-not-mounted', 'critical', BPF)] : []),
    ...(status === undefined ? [] : statusProblems(status, controllerFailures)),
  ];
}

const BPF = 'no BPF filesystem is mounted, so that connections break when the agent restarts';

const problem = (kind: AgentProblemKind, verdict: AgentProblem['verdict'], clause: string): AgentProblem => ({
  kind,
  verdict,
  clause,
});

/**
 * Why an agent ended, where it is one of these.
 * Sources: cilium pkg/bpf/bpffs_linux.go ("Unable to mount BPF filesystem"); daemon/cmd ("Unable to contact k8s api-server").
 */
function lastProblem(lastWords: string | undefined): readonly AgentProblem[] {
  if (lastWords === undefined) return [];
  if (/bpf ?f(ile)?s(ystem)?\b/i.test(lastWords))
    return [problem('bpf-not-mounted', 'critical', 'it could not mount the BPF filesystem')];
  if (/api-?server/i.test(lastWords))
    return [problem('kubernetes-unreachable', 'critical', 'it could not reach the Kubernetes API')];
  return [];
}

function statusProblems(status: CiliumStatus, controllerFailures: number): readonly AgentProblem[] {
  const failing = status.failingControllers.filter(({ failures }) => failures >= controllerFailures);
  const [worst] = failing;
  const [stale] = status.stale;
  return [
    ...status.components.flatMap(componentProblem),
    ...(worst === undefined
      ? []
      : [
          problem(
            'controllers-failing',
            'warning',
            `${failing.length} of ${plural(status.controllers, 'controller')} failing, ${worst.name} ${worst.failures} times in a row${said(worst.message)}`,
          ),
        ]),
    ...(stale === undefined
      ? []
      : [
          problem(
            'stale',
            'warning',
            `what it says of ${status.stale.map(({ name }) => name).join(', ')} is old, of ${stale.since}`,
          ),
        ]),
    ...fullFamilies(status.ipam).map((use) => problem('addresses-full', 'warning', `none of its addresses is left (${use})`)),
  ];
}

/** States of a Status. Source: cilium api/v1/openapi.yaml, "Status". */
function componentProblem({ name, state, message }: CiliumComponent): readonly AgentProblem[] {
  const called = NAMES[name] ?? name;
  switch (state) {
    case 'Ok':
    case 'Disabled':
      return [];
    case 'Warning':
      return [problem('component-warns', 'warning', `it warns of ${called}${said(message)}`)];
    case 'Failure':
      if (name === 'kubernetes')
        return [problem('kubernetes-unreachable', 'critical', `it does not reach the Kubernetes API${said(message)}`)];
      if (name === 'cilium') return [problem('agent-failing', 'critical', `it says that it fails${said(message)}`)];
      return [problem('component-failing', 'warning', `${called} fails${said(message)}`)];
    default:
      return [problem('state-unknown', 'unknown', `the state of ${called} is not understood: ${state.slice(0, 40)}`)];
  }
}

const NAMES: Readonly<Record<string, string>> = {
  cilium: 'itself',
  kubernetes: 'the Kubernetes API',
  kvstore: 'its key-value store',
  'container-runtime': 'the container runtime',
  'cni-file': 'its CNI configuration file',
  'cilium-health': 'its health probes',
};

function said(message: string | undefined): string {
  if (!message) return '';
  const line = message.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return ` (${line.length > 200 ? `${line.slice(0, 199)}…` : line})`;
}

/** `IPv4: 254/254 allocated from 10.0.1.0/24`; other IPAM modes tell no ratio. Source: cilium pkg/ipam, Dump of each allocator. */
function fullFamilies(line: string | undefined): readonly string[] {
  return [...(line ?? '').matchAll(/IPv[46]: (\d+)\/(\d+) allocated/g)]
    .filter(([, used, total]) => Number(total) > 0 && Number(used) >= Number(total))
    .map(([whole]) => whole);
}
