import type { StatePolicy } from '#lib/model/finding-state.ts';
import type { Metric } from '#lib/model/metric.ts';
import type { FindingsHub } from '#lib/publish/state/findings-hub.ts';
import type { Judged } from '#lib/publish/state/observation.ts';
import { type Recorded, recordRun } from '#lib/publish/state/record-run.ts';
import type { Run } from '#lib/publish/state/step.ts';
import { type Told, tell, tellPending } from '#lib/publish/state/tell.ts';

export interface PublishedFindings extends Partial<Told> {
  readonly outcome: Recorded['outcome'] | 'failed';
  /** What went wrong, a sentence each, for the log: the next run, or the end of this one, makes up for it. */
  readonly problems: readonly string[];
  /** The same in numbers, under the hub's own account and Region; none where all went well. */
  readonly metrics: readonly Metric[];
}

/** Records what a run found of one cluster, and tells what changed. No failure here is a failure of the check. */
export async function publishFindings(
  judged: Judged,
  run: Run,
  policy: StatePolicy,
  hub: FindingsHub,
): Promise<PublishedFindings> {
  return measured(await publish([judged], { scope: judged.arn, run, policy, hub }), hub);
}

/**
 * Records what a run says of its fleet, a finding a cluster, and tells that with all that runs left untold: those that ended between
 * writing and telling, and what EventBridge did not take then.
 */
export async function publishFleet(
  judged: readonly Judged[],
  run: Run,
  policy: StatePolicy,
  hub: FindingsHub,
): Promise<PublishedFindings> {
  const { outcome, problems } = await publish(judged, { scope: FLEET, run, policy, hub });
  try {
    return measured({ outcome, problems, ...(await tellPending(hub.bus, hub.outbox)) }, hub);
  } catch (error) {
    return measured({ outcome, problems: [...problems, sentence('what is left of the events could not be told', error)] }, hub);
  }
}

type Published = Omit<PublishedFindings, 'metrics'>;

function measured(published: Published, { account, region }: FindingsHub): PublishedFindings {
  const dimensions = { Account: account, Region: region };
  const count = (name: string, value: number): Metric[] => (value > 0 ? [{ name, unit: 'Count', dimensions, value }] : []);
  const unrecorded = published.outcome === 'failed' ? 1 : 0;
  const metrics = [...count('FindingsUnrecorded', unrecorded), ...count('EventsUntold', published.untold?.length ?? 0)];
  return { ...published, metrics };
}

/** The scope of findings about clusters as such, apart from those that a cluster's own runs report. */
const FLEET = 'FLEET';

interface PublishOptions {
  readonly scope: string;
  readonly run: Run;
  readonly policy: StatePolicy;
  readonly hub: FindingsHub;
}

async function publish(judged: readonly Judged[], { scope, run, policy, hub }: PublishOptions): Promise<Published> {
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
