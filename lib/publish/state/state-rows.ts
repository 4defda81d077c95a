import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { FINDING_EVENTS, type FindingEventType, type PendingEvent } from '#lib/model/event.ts';
import { type FindingState, findingState } from '#lib/model/finding-state.ts';
import type { Head } from '#lib/publish/state/scope-store.ts';

/**
 * The one table. `pk` and `sk` are its keys, `expiresAt` (seconds since 1970) is when DynamoDB may drop a row:
 *
 *   pk                 sk                          what
 *   SCOPE#<scope>      #HEAD                       the last run of a cluster (its ARN), or of the fleet (FLEET)
 *   SCOPE#<scope>      FINDING#<fingerprint>       the state of a finding
 *   OUTBOX#<0-f>       <sequence>#<transitionId>   an event that is not told yet; by the id's first digit, to spread the writes
 *   LEASE              RUN                         which run holds the fleet
 *
 * Room for what comes: `APPROVAL#<id>`, `LOCK#<cluster ARN>#<resource>`, `AUDIT#<cluster ARN>`. Suppressions stand in cniwatch.yaml.
 * `#HEAD` sorts first, so that a query reads it before the states: a write between the two pages is noticed by its version.
 */
export type Row = Record<string, AttributeValue>;
export type Key = { readonly pk: string; readonly sk: string };

export const TTL_ATTRIBUTE = 'expiresAt' satisfies keyof FindingState;
const KEPT_SECONDS = 90 * 24 * 3_600;
const HEAD = '#HEAD';

/** A row that this version of cniwatch did not write; `message` says which. */
export class RowUnreadable extends Error {
  override readonly name = 'RowUnreadable';
}

export const scopePartition = (scope: string): string => `SCOPE#${scope}`;
export const headKey = (scope: string): Key => ({ pk: scopePartition(scope), sk: HEAD });
export const stateKey = (scope: string, fingerprint: string): Key => ({
  pk: scopePartition(scope),
  sk: `FINDING#${fingerprint}`,
});
export const LEASE_KEY: Key = { pk: 'LEASE', sk: 'RUN' };
export const OUTBOX_PARTITIONS = [...'0123456789abcdef'].map((digit) => `OUTBOX#${digit}`);
export const eventKey = ({ transitionId, sequence }: Pick<PendingEvent, 'transitionId' | 'sequence'>): Key => ({
  pk: `OUTBOX#${transitionId[0]}`,
  sk: `${sequence}#${transitionId}`,
});

/** Of the run that writes it, so that nothing hangs on this machine's clock. */
const expiry = (takenAt: string) => Math.floor(Date.parse(takenAt) / 1_000) + KEPT_SECONDS;

const marshalled = (row: object): Row => marshall(row, { removeUndefinedValues: true });

export function headRow(scope: string, head: Head): Row {
  return marshalled({ ...headKey(scope), ...head, [TTL_ATTRIBUTE]: expiry(head.takenAt) });
}

export function stateRow(scope: string, state: FindingState): Row {
  return marshalled({ ...stateKey(scope, state.fingerprint), ...state });
}

export function eventRow(event: PendingEvent): Row {
  return marshalled({ ...eventKey(event), ...event, [TTL_ATTRIBUTE]: expiry(event.at) });
}

const headFields = z.object({
  version: z.number().int(),
  runId: z.string(),
  takenAt: z.string(),
  runs: z.array(z.string()),
});
const eventFields = z.object({
  transitionId: z.string(),
  sequence: z.number().int(),
  type: z.enum(Object.keys(FINDING_EVENTS) as [FindingEventType, ...FindingEventType[]]),
  at: z.string(),
  clusterArn: z.string(),
  detail: z.string(),
});

export type ScopeRow = { readonly head: Head } | { readonly state: FindingState };

/** @throws RowUnreadable */
export function readScopeRow(row: Row): ScopeRow {
  return row['sk']?.S === HEAD ? { head: parsed(headFields, row) } : { state: parsed(findingState, row) as FindingState };
}

/** @throws RowUnreadable */
export function readEventRow(row: Row): PendingEvent {
  return parsed(eventFields, row);
}

function parsed<T>(schema: z.ZodType<T>, row: Row): T {
  const result = schema.safeParse(unmarshall(row));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new RowUnreadable(
    `the row ${row['pk']?.S} ${row['sk']?.S} is none that this version of cniwatch writes (update it, or delete the row): at ${issue?.path.join('.') || 'the top'}: ${issue?.message}`,
  );
}
