export type FileProblemKind =
  | 'no-config'
  | 'unreadable-config'
  | 'invalid-config'
  | 'several-configs'
  | 'other-cni'
  | 'missing-binary'
  | 'stale-api-server'
  | 'missing-kubeconfig'
  | 'bpf-not-mounted'
  | 'no-default-route';

/** Something about a node's files that keeps pods from a network, or will. */
export interface FileProblem {
  readonly kind: FileProblemKind;
  readonly severity: 'critical' | 'warning';
  /** A clause. */
  readonly says: string;
}

/** What was found, and what cannot be told, as clauses. */
export interface FileFindings {
  readonly problems: readonly FileProblem[];
  readonly doubts: readonly string[];
}

export const NOTHING: FileFindings = { problems: [], doubts: [] };

export function problem(kind: FileProblemKind, says: string, severity: FileProblem['severity'] = 'critical'): FileFindings {
  return { problems: [{ kind, severity, says }], doubts: [] };
}

export function doubt(says: string): FileFindings {
  return { problems: [], doubts: [says] };
}

export function together(all: readonly FileFindings[]): FileFindings {
  return { problems: all.flatMap(({ problems }) => problems), doubts: all.flatMap(({ doubts }) => doubts) };
}
