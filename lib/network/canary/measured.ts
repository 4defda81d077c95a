import type { CanaryReading, CanaryReport } from '#lib/model/canary.ts';
import { type CanaryStage, canaryStage } from '#lib/network/canary/stage.ts';

const STAGE_WORDS: Readonly<Record<CanaryStage, string>> = {
  running: 'it ran',
  'not-scheduled': 'the scheduler found no node for it',
  'no-network': 'it got no network',
  'no-image': 'its image could not be pulled',
  'not-started': 'its container did not start',
  gone: 'somebody deleted it',
};

/** How far a pod came, as a clause. */
export function stageWords(stage: CanaryStage): string {
  return STAGE_WORDS[stage];
}

export type Measured =
  | { readonly reports: readonly CanaryReport[]; readonly unread: readonly CanaryReport[] }
  /** Why no pod could try anything, as a sentence. */
  | { readonly reason: string };

/** What clients reported; those of which nothing was read stand apart. */
export function measured({ pods, reports }: CanaryReading): Measured {
  const read = reports.filter(({ unread }) => unread === undefined);
  if (read.length > 0) return { reports: read, unread: reports.filter(({ unread }) => unread !== undefined) };
  const [first] = reports;
  if (first?.unread) return { reason: `What the canary pods saw was not read: ${first.unread}` };
  const client = pods.find(({ role }) => role === 'client');
  if (client === undefined) return { reason: 'No canary pod was made: no node takes pods.' };
  const { stage, why } = canaryStage(client);
  return { reason: `No canary pod came to try anything: ${stageWords(stage)}${why ? ` (${why})` : ''}.` };
}
