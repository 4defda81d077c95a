import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import pLimit from 'p-limit';
import { EVENT_SOURCE, type PendingEvent } from '#lib/model/event.ts';
import { type BatchLimits, batches } from '#lib/publish/batches.ts';
import type { Outbox } from '#lib/publish/state/outbox.ts';

/**
 * PutEvents takes 10 entries a request (EventBridge user guide, "Amazon EventBridge quotas"), of 256 KB in all by the older reading of its
 * documentation, which is the safer one ("Calculating PutEvents event entry size").
 */
export const REQUEST_LIMITS: BatchLimits = { items: 10, bytes: 250_000 };

export interface EventBus {
  readonly eventBridge: EventBridgeClient;
  /** Its name or ARN. */
  readonly bus: string;
  readonly signal?: AbortSignal;
}

/** An event that was not accepted: it stays in the outbox. */
export interface Untold {
  readonly transitionId: string;
  /** EventBridge's own code for the entry, or the error's name. */
  readonly code: string;
  readonly reason: string;
}

export interface Told {
  readonly told: number;
  readonly untold: readonly Untold[];
}

/**
 * Puts events on the bus, and takes those that were accepted out of the outbox. EventBridge answers for each entry: one that it refuses
 * holds nothing else up. Where a whole request fails, the rest is left for the next run.
 * @throws whatever the outbox throws: what was accepted and not taken out is told again, with the same transitionId
 */
export async function tell(
  events: readonly PendingEvent[],
  { eventBridge, bus, signal }: EventBus,
  outbox: Outbox,
): Promise<Told> {
  const untold: Untold[] = [];
  const requests = batches(events, REQUEST_LIMITS, entryBytes);
  const limit = pLimit(10);
  let told = 0;
  for (const [index, request] of requests.entries()) {
    const command = new PutEventsCommand({ Entries: request.map((event) => entry(event, bus)) });
    let answers: readonly { ErrorCode?: string | undefined; ErrorMessage?: string | undefined }[];
    try {
      const { Entries = [] } = await eventBridge.send(command, signal ? { abortSignal: signal } : {});
      answers = Entries;
    } catch (error) {
      const { name: code, message: reason } = error as Error;
      untold.push(
        ...requests
          .slice(index)
          .flat()
          .map(({ transitionId }) => ({ transitionId, code, reason })),
      );
      break;
    }
    const accepted = request.filter((event, position) => {
      const refusal = refusalOf(answers[position]);
      if (refusal !== undefined) untold.push({ transitionId: event.transitionId, ...refusal });
      return refusal === undefined;
    });
    await Promise.all(accepted.map((event) => limit(() => outbox.told(event))));
    told += accepted.length;
  }
  return { told, untold };
}

/** Tells what other runs left behind. */
export async function tellPending(bus: EventBus, outbox: Outbox): Promise<Told> {
  let told = 0;
  const untold: Untold[] = [];
  for await (const events of outbox.pending()) {
    const page = await tell(events, bus, outbox);
    told += page.told;
    untold.push(...page.untold);
  }
  return { told, untold };
}

/** An entry without an answer was not accepted: EventBridge answers for each, in their order. */
function refusalOf(answer: { ErrorCode?: string | undefined; ErrorMessage?: string | undefined } | undefined) {
  if (answer === undefined) return { code: 'NoAnswer', reason: 'EventBridge answered for fewer entries than it was sent' };
  if (answer.ErrorCode === undefined) return undefined;
  return { code: answer.ErrorCode, reason: answer.ErrorMessage ?? '' };
}

function entry(event: PendingEvent, bus: string): PutEventsRequestEntry {
  return {
    EventBusName: bus,
    Source: EVENT_SOURCE,
    DetailType: event.type,
    Time: new Date(event.at),
    Resources: [event.clusterArn],
    Detail: event.detail,
  };
}

/** As EventBridge counts: 14 for the time, and the UTF-8 bytes of the texts. */
function entryBytes({ type, clusterArn, detail }: PendingEvent): number {
  return 14 + [EVENT_SOURCE, type, clusterArn, detail].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}
