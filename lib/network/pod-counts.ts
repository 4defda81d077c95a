import type { Pod } from '#lib/model/kubernetes.ts';

/** How the pods of one node use its addresses. Finished pods hold none, whatever they once had. */
export interface PodCounts {
  /** Hold an address of the node's pool. */
  readonly inUse: number;
  /** Scheduled here and still without an address of the pool. */
  readonly waiting: number;
  readonly hostNetwork: number;
  /** Branch interfaces of pods with security groups of their own: these take no address of the pool. */
  readonly branches: number;
}

export function countPods(pods: readonly Pod[]): PodCounts {
  const counts = { inUse: 0, waiting: 0, hostNetwork: 0, branches: 0 };
  for (const pod of pods) {
    if (pod.phase === 'Succeeded' || pod.phase === 'Failed') continue;
    if (pod.hostNetwork) counts.hostNetwork++;
    else if (pod.podEni !== undefined) counts.branches += branchCount(pod.podEni);
    else if (pod.podIps.length > 0) counts.inUse++;
    else if (pod.deletedAt === undefined) counts.waiting++;
  }
  return counts;
}

/** The annotation `vpc.amazonaws.com/pod-eni` is a JSON array with one entry a branch; one that is no such array is still one. */
function branchCount(annotation: string): number {
  try {
    const branches: unknown = JSON.parse(annotation);
    return Array.isArray(branches) ? branches.length : 1;
  } catch {
    return 1;
  }
}
