import type { StatePolicy } from '#lib/model/finding-state.ts';
import type { FindingsHub } from '#lib/publish/state/findings-hub.ts';
import type { Judged } from '#lib/publish/state/observation.ts';
import { type Recorded, recordRun } from '#lib/publish/state/record-run.ts';
import { type Told, tell, tellPending } from '#lib/publish/state/tell.ts';
import type { Run } from '#lib/publish/state/transition.ts';

export interface PublishedFindings extends Partial<Told> {
  readonly outcome: Recorded['outcome'] | 'failed';
  /** What went wrong, a sentence each, for the log: the next run, or the end of this one, makes up for it. */
  readonly problems: readonly string[];
}

/** Records what a run found of one cluster, and tells what changed. No failure here is a failure of the check. */
export async function publishFindings(
  judged: Judged,
  run: Run,
  policy: StatePolicy,
  hub: FindingsHub,
): Promise<PublishedFindings> {
  return publish([judged], { scope: judged.arn, run, policy, hub });
}

/** Tells what the runs of single clusters left behind: those that ended between writing and telling. */
export async function tellLeftEvents({ bus, outbox }: FindingsHub): Promise<Told | { readonly problem: string }> {
  try {
    return await tellPending(bus, outbox);
  } catch (error) {
    return { problem: sentence('what is left of the events could not be told', error) };
  }
}

interface PublishOptions {
  readonly scope: string;
  readonly run: Run;
  readonly policy: StatePolicy;
  readonly hub: FindingsHub;
}

async function publish(judged: readonly Judged[], { scope, run, policy, hub }: PublishOptions): Promise<PublishedFindings> {
  let recorded: Recorded;
  try {
    recorded = await recordRun(judged, { store: hub.store, scope, run, policy });
  } catch (error) {
    return { outcome: 'failed', problems: [sentence('the findings could not be recorded', error)] };
  }
  const { outcome, events } = recorded;
  const late = recorded.outcome === 'superseded' ? [`${recorded.by} is later and was recorded before`] : [];
  try {
    return { outcome, problems: late, ...(await tell(events, hub.bus, hub.outbox)) };
  } catch (error) {
    return { outcome, problems: [...late, sentence('the events could not be taken out of the outbox', error)] };
  }
}

function sentence(what: string, error: unknown): string {
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `${what} (${said.split('\n', 1)[0]?.slice(0, 300)})`;
}
