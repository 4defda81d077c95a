import type { CanaryPod, CanaryReading } from '#lib/model/canary.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import { stageWords } from '#lib/network/canary/measured.ts';
import { allFargate, allNotReady } from '#lib/network/canary/scheduling.ts';
import { type CanarySeconds, canarySeconds, canaryStage, type Progress } from '#lib/network/canary/stage.ts';
import { remedyOfCause } from '#lib/network/sandbox-failures/cause-remedies.ts';
import { CAUSE_MEANINGS, type SandboxCause } from '#lib/network/sandbox-failures/causes.ts';
import { sandboxCause } from '#lib/network/sandbox-failures/messages.ts';

export interface PodOptions {
  readonly networkWarningSeconds: number;
  readonly networkCriticalSeconds: number;
}

interface Judged extends Progress {
  readonly pod: CanaryPod;
  readonly seconds: CanarySeconds;
  readonly verdict: Verdict;
}

/** How the canary's pods fared, over all of them: fingerprints must not hang on which nodes had their turn. */
export function canaryPodFinding({ pods, image }: CanaryReading, options: PodOptions): Omit<Judgement, 'resource'> {
  const judged = pods.map((pod): Judged => {
    const progress = canaryStage(pod);
    const seconds = canarySeconds(pod);
    return { pod, seconds, ...progress, verdict: verdictOf(pod, progress, seconds, options) };
  });
  const verdict = pods.length === 0 ? 'unknown' : worstVerdict(judged.map((one) => one.verdict));
  const without = judged.filter(({ stage }) => stage === 'no-network');
  const running = judged.filter(({ stage }) => stage === 'running').length;
  const told = without.find(({ why }) => why !== null)?.why ?? null;
  const cause = told === null ? null : sandboxCause('FailedCreatePodSandBox', told);
  const remediation = without.some((one) => one.verdict === 'critical') ? remedyOf(cause) : undefined;
  return {
    verdict,
    summary: summaryOf(judged, { verdict, image, cause: cause && CAUSE_MEANINGS[cause] }),
    evidence: {
      pods: judged.map(evidenceOf),
      running,
      withoutNetwork: without.length,
      scope: without.length === 0 ? 'none' : without.length === pods.length ? 'all' : 'some',
      cause,
      image,
    },
    ...(verdict === 'critical' ? { timeToImpact: 'minutes' } : {}),
    ...(remediation === undefined ? {} : { remediation }),
  };
}

/** What the kubelet did not say, a restart of the agents may cure; of a want of addresses the canary does not see which. */
function remedyOf(cause: SandboxCause | null): string | undefined {
  return cause === null ? 'restart-cni' : remedyOfCause(cause, { detail: null, prefixDelegation: false });
}

function verdictOf(
  pod: CanaryPod,
  { stage, why }: Progress,
  { toNetwork, toScheduled }: CanarySeconds,
  options: PodOptions,
): Verdict {
  switch (stage) {
    case 'running': {
      if (toNetwork === null || toNetwork <= options.networkWarningSeconds) return 'ok';
      return toNetwork > options.networkCriticalSeconds ? 'critical' : 'warning';
    }
    case 'no-network': {
      // Without a word of the kubelet, a short wait proves nothing.
      const waited = pod.waitedSeconds - (toScheduled ?? 0);
      return why !== null || waited >= options.networkWarningSeconds ? 'critical' : 'unknown';
    }
    case 'not-scheduled':
      if (why !== null && allFargate(why)) return 'unknown';
      return why !== null && allNotReady(why) ? 'critical' : 'warning';
    case 'no-image':
    case 'not-started':
    case 'gone':
      return 'unknown';
  }
}

function evidenceOf({ pod, stage, why, seconds }: Judged) {
  return {
    role: pod.role,
    node: pod.nodeName ?? pod.pinnedTo ?? null,
    zone: pod.zone ?? null,
    stage,
    why,
    secondsToScheduled: seconds.toScheduled,
    secondsToNetwork: seconds.toNetwork,
    secondsToRunning: seconds.toRunning,
  };
}

function summaryOf(
  judged: readonly Judged[],
  { verdict, image, cause }: { verdict: Verdict; image: string; cause: string | null },
): string {
  const worst = judged.find((one) => one.verdict === verdict);
  if (worst === undefined) return 'No canary pod was made: no node is ready and takes pods.';
  const { pod, stage, why, seconds } = worst;
  const of = `${judged.filter((one) => one.stage === stage).length} of ${plural(judged.length, 'canary pod')}`;
  const node = pod.nodeName ?? pod.pinnedTo;
  switch (stage) {
    case 'running':
      return `${of} ran; the slowest had its network ${inSeconds(slowestOf(judged))} after the scheduler chose its node${verdict === 'ok' ? '' : ` (${node})`}.`;
    case 'no-network':
      return `${of} got no network within ${pod.waitedSeconds} s, on ${node}${cause ? `: ${cause}` : ''}. ${scopeWords(judged)}`;
    case 'not-scheduled':
      return `${of} found no node within ${pod.waitedSeconds} s: ${why ?? 'the scheduler gave no reason'}.`;
    case 'no-image':
      return `The image ${image} could not be pulled on ${node}, which tells nothing of pods' network${why ? ` (${why})` : ''}: set canary.image to one that the nodes can pull.`;
    case 'not-started':
    case 'gone':
      return `${of} tell nothing: ${stageWords(stage)}${node ? ` on ${node}` : ''}${why ? ` (${why})` : ''}, ${inSeconds(seconds.toNetwork)} to its network.`;
  }
}

function slowestOf(judged: readonly Judged[]): number | null {
  const known = judged.flatMap(({ seconds }) => seconds.toNetwork ?? []);
  return known.length === 0 ? null : Math.max(...known);
}

function inSeconds(seconds: number | null): string {
  return seconds === null ? 'an unstated time' : `${seconds} s`;
}

/** Cluster-wide or local, as far as so few pods can tell. */
function scopeWords(judged: readonly Judged[]): string {
  const without = judged.filter(({ stage }) => stage === 'no-network');
  const ran = judged.filter(({ stage }) => stage === 'running');
  const nodes = (all: readonly Judged[]) => new Set(all.map(({ pod }) => pod.nodeName)).size;
  if (ran.length > 0) return `On ${plural(nodes(ran), 'other node')} pods ran: it is not the whole cluster.`;
  if (nodes(without) > 1) return `None ran, on ${nodes(without)} nodes: take it for the whole cluster.`;
  return 'No other node was tried: look at pods-awaiting-network for the rest of the cluster.';
}
