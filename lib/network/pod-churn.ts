import type { History, HistoryPoint, Reading } from '#lib/model/history.ts';
import type { Pod } from '#lib/model/kubernetes.ts';
import type { EniNode } from '#lib/network/eni-nodes.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Pods that start closer together than this meet the same warm addresses; it is also the step of the history. */
const WINDOW = 5 * MINUTE;
/** The history is as fine as that for so long; older points are medians of an hour, in which no burst is left. */
const FINE_SPAN = 48 * HOUR;

/** The series kept per instance type, which is the readings' id. */
export const POD_SERIES = {
  NodePodsMost: 'by instance type: pods with an address of the pool on the busiest node',
  NodePodsAverage: 'by instance type: pods with an address of the pool on an average node',
  NodePodStarts: 'by instance type: pods that started since the last reading on the busiest of the nodes that were there before',
  NodeClassPodStarts: 'by instance type: pods that started since the last reading on all nodes together',
} as const;

/** How pods come to the nodes of a cluster. */
export interface PodChurn {
  /** `history` where the readings of enough nodes reach far enough back. */
  readonly basis: 'history' | 'present-pods';
  /** Hours that the readings reach back; 0 without. */
  readonly hours: number;
  /** Pods of an average node. */
  readonly typicalPods: number;
  /** Pods that started within five minutes on one node that was there already. */
  readonly burst: number;
  /** On all nodes together; null without history. */
  readonly startsPerHour: number | null;
}

/** What to keep of the pods as they are now. */
export function podReadings(nodes: readonly EniNode[], history: History, now: Date): readonly Reading[] {
  return [...byType(nodes)].flatMap(([id, members]) => {
    const since = lastReading(history.points('NodePodStarts', id), now);
    const pods = members.map(({ pods: { inUse } }) => inUse);
    const started = members.map((node) => startTimes(node).filter((time) => time > since && time <= now.getTime()).length);
    const before = members.map(({ node }, at) => (Date.parse(node.createdAt) <= since ? (started[at] ?? 0) : 0));
    return [
      { series: 'NodePodsMost', id, value: Math.max(...pods) },
      { series: 'NodePodsAverage', id, value: sum(pods) / pods.length },
      { series: 'NodePodStarts', id, value: Math.max(...before) },
      { series: 'NodeClassPodStarts', id, value: sum(started) },
    ];
  });
}

/** After a gap, of the last five minutes only: a long wait is no burst. */
function lastReading(points: readonly HistoryPoint[], now: Date): number {
  const last = Date.parse(points.at(-1)?.at ?? '');
  return now.getTime() - last <= HOUR ? last : now.getTime() - WINDOW;
}

/**
 * How pods came to these nodes: by the history where it holds at least `leastHours` for the types of half of the nodes, else by the
 * pods that are there now, whose times of start show less than what happened.
 * @param burstPercentile of the readings of the last two days, above which bursts are left out
 */
export function podChurn(
  nodes: readonly EniNode[],
  history: History,
  now: Date,
  { leastHours, burstPercentile }: { readonly leastHours: number; readonly burstPercentile: number },
): PodChurn {
  const known = [...byType(nodes)].flatMap(([id, members]) => {
    const starts = history.points('NodePodStarts', id);
    const hours = (now.getTime() - Date.parse(starts[0]?.at ?? '')) / HOUR;
    return hours >= leastHours ? [{ id, members, starts, hours }] : [];
  });
  const covered = sum(known.map(({ members }) => members.length));
  if (covered === 0 || 2 * covered < nodes.length) return presentChurn(nodes);
  const fine = (points: readonly HistoryPoint[]) => points.filter(({ at }) => now.getTime() - Date.parse(at) <= FINE_SPAN);
  const typical = known.map(({ id, members }) => members.length * percentile(history.points('NodePodsAverage', id), 50));
  return {
    basis: 'history',
    hours: Math.floor(Math.min(...known.map(({ hours }) => hours))),
    typicalPods: sum(typical) / covered,
    burst: Math.max(...known.map(({ starts }) => percentile(fine(starts), burstPercentile))),
    startsPerHour: sum(known.map(({ id }) => ratePerHour(fine(history.points('NodeClassPodStarts', id))))),
  };
}

function presentChurn(nodes: readonly EniNode[]): PodChurn {
  const typicalPods = nodes.length === 0 ? 0 : sum(nodes.map(({ pods }) => pods.inUse)) / nodes.length;
  const burst = Math.max(0, ...nodes.map(busiestWindow));
  return { basis: 'present-pods', hours: 0, typicalPods, burst, startsPerHour: null };
}

/** The most of its pods that started within one window, the node's own first minutes left out. */
function busiestWindow(node: EniNode): number {
  const joined = Date.parse(node.node.createdAt) + WINDOW;
  const times = startTimes(node)
    .filter((time) => time > joined)
    .sort((a, b) => a - b);
  let from = 0;
  return times.reduce((most, time, at) => {
    while (time - (times[from] ?? time) >= WINDOW) from++;
    return Math.max(most, at - from + 1);
  }, 0);
}

/** Of pods that take an address of the pool: when they were scheduled, else made. Milliseconds since 1970. */
function startTimes({ host }: EniNode): number[] {
  return host.pods
    .filter(({ hostNetwork, podEni }) => !hostNetwork && podEni === undefined)
    .map((pod) => Date.parse(scheduledAt(pod) ?? pod.createdAt));
}

function scheduledAt({ conditions }: Pod): string | undefined {
  return conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'True')?.lastTransitionTime;
}

function byType(nodes: readonly EniNode[]): ReadonlyMap<string, readonly EniNode[]> {
  return Map.groupBy(nodes, ({ type }) => type.instanceType);
}

/** Readings that followed one another within an hour, over the time between them. */
function ratePerHour(points: readonly HistoryPoint[]): number {
  let starts = 0;
  let span = 0;
  for (const [at, point] of points.entries()) {
    const gap = Date.parse(point.at) - Date.parse(points[at - 1]?.at ?? '');
    if (!(gap > 0 && gap <= HOUR)) continue;
    starts += point.value;
    span += gap;
  }
  return span === 0 ? 0 : (starts * HOUR) / span;
}

/** A value that was read: at least so many percent of the readings are no higher. */
function percentile(points: readonly HistoryPoint[], percent: number): number {
  const sorted = points.map(({ value }) => value).sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
