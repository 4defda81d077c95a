/** Why a pod got no network. The names are a contract: evidence, events and alarms may match on them. */
export const SANDBOX_CAUSES = [
  'missing-binary',
  'broken-config',
  'permissions',
  'conflicting-config',
  'no-free-address',
  'agent-down',
  'api-unreachable',
  'iam-denied',
  'branch-eni',
  'policy-agent',
  'unrecognised',
] as const;

export type SandboxCause = (typeof SANDBOX_CAUSES)[number];

/** Clauses for people. */
export const CAUSE_MEANINGS: Readonly<Record<SandboxCause, string>> = {
  'missing-binary': 'the binary of a CNI plugin is missing on the node',
  'broken-config': "the node's CNI configuration cannot be read",
  permissions: 'the CNI may not do what it must, on the node or at the API server',
  'conflicting-config': 'the configuration or the interfaces of another CNI are in the way',
  'no-free-address': 'the CNI has no free address for the pod',
  'agent-down': "the CNI's agent does not answer, or has not set up the node yet",
  'api-unreachable': 'the CNI does not reach the API server',
  'iam-denied': 'IAM denies a call that the CNI or EKS makes to EC2',
  'branch-eni': 'the pod got no branch interface for its security groups',
  'policy-agent': 'the network policy agent did not take the pod',
  unrecognised: 'the message is none of those that cniwatch knows',
};
