import type { SandboxCause } from '#lib/network/sandbox-failures/causes.ts';

/** A cause that no remediation cures alone has none: a want of addresses hangs on its detail, IAM and unknown messages on a person. */
const BY_CAUSE: Readonly<Partial<Record<SandboxCause, string>>> = {
  'missing-binary': 'restart-cni',
  'agent-down': 'restart-cni',
  'policy-agent': 'restart-cni',
  'api-unreachable': 'restart-cni',
  'broken-config': 'rollback-cni-version',
  permissions: 'rollback-cni-version',
  'conflicting-config': 'recycle-nodes',
  'branch-eni': 'advise-instance-types',
};

const BY_SHORTAGE: Readonly<Record<string, string>> = {
  'subnet-empty': 'add-pod-subnet',
  'no-prefix': 'reserve-prefix-space',
  'node-limit': 'enable-prefix-delegation',
  'eni-full': 'restart-cni',
  cooldown: 'tune-warm-targets',
};

/** The id of the remediation of pods without a network, by cause and, of a want of addresses, by its detail where that is known. */
export function remedyOfCause(
  cause: SandboxCause,
  { detail, prefixDelegation }: { readonly detail: string | null; readonly prefixDelegation: boolean },
): string | undefined {
  // Nodes that have prefixes already get more addresses by a larger type only.
  if (detail === 'node-limit' && prefixDelegation) return 'advise-instance-types';
  return detail === null ? BY_CAUSE[cause] : BY_SHORTAGE[detail];
}
