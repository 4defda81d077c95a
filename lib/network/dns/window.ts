import type { DnsCounters, DnsMetricsReading } from '#lib/model/dns-metrics.ts';
import type { History, Reading } from '#lib/model/history.ts';
import { DNS_COUNT_NAMES, type DnsCounts, dnsCounts, type LatencyLimits } from '#lib/network/dns/counts.ts';

export const DNS_SERIES = {
  DnsCounters: "CoreDNS's counters by name, summed over the processes that answered, since each started",
  DnsProcesses: 'a number that stands for the set of processes that answered',
} as const;

/** A reading older than this says too little of now; the history is as fine as five minutes. Milliseconds. */
const OLDEST = 60 * 60_000;
/** Two runs may be close together: less than this tells nothing. */
const YOUNGEST = 2 * 60_000;

export interface DnsProcess {
  readonly podName: string;
  readonly counters: DnsCounters;
}

export function dnsProcesses(readings: readonly DnsMetricsReading[]): readonly DnsProcess[] {
  return readings.flatMap(({ podName, counters }) => (counters === undefined ? [] : [{ podName, counters }]));
}

/** What was counted, and since when. */
export interface DnsCounted {
  /** `process-life`: there is no earlier reading of the very same processes, so that a storm of minutes drowns in weeks. */
  readonly basis: 'window' | 'process-life';
  /** ISO 8601: the earlier reading, or the start of the oldest process; absent where no process says. */
  readonly since?: string;
  readonly counts: DnsCounts;
}

/**
 * What CoreDNS counted since the newest reading of the last hour. A counter begins anew with its process, so the sums of then and now
 * can be compared only over the same processes: those that started later count whole, and if one of then is missing there is no window.
 */
export function dnsCounted(processes: readonly DnsProcess[], history: History, now: Date, limits: LatencyLimits): DnsCounted {
  const all = dnsCounts(
    processes.map(({ counters }) => counters),
    limits,
  );
  const point = history
    .points('DnsProcesses', 'set')
    .findLast(({ at }) => between(YOUNGEST, now.getTime() - Date.parse(at), OLDEST));
  const before = point && countsAt(history, point.at, limits);
  const same = point !== undefined && point.value === setOf(startedBy(processes, point.at));
  if (
    point === undefined ||
    before === undefined ||
    !same ||
    processes.some(({ counters }) => counters.startedAt === undefined)
  ) {
    return { basis: 'process-life', ...oldestStart(processes), counts: all };
  }
  const counts = Object.fromEntries(DNS_COUNT_NAMES.map((name) => [name, Math.max(0, all[name] - before[name])]));
  return { basis: 'window', since: point.at, counts: counts as unknown as DnsCounts };
}

/** What the next run will compare with. */
export function dnsReadings(processes: readonly DnsProcess[], limits: LatencyLimits): readonly Reading[] {
  const counts = dnsCounts(
    processes.map(({ counters }) => counters),
    limits,
  );
  return [
    { series: 'DnsProcesses', id: 'set', value: setOf(processes) },
    ...DNS_COUNT_NAMES.map((name) => ({ series: 'DnsCounters', id: idOf(name, limits), value: counts[name] })),
  ];
}

const between = (least: number, value: number, most: number): boolean => least <= value && value <= most;

/** A count within a limit is comparable only for the same limit. */
function idOf(name: keyof DnsCounts, { warning, critical }: LatencyLimits): string {
  return name === 'withinWarning' ? `within ${warning} s` : name === 'withinCritical' ? `within ${critical} s, critical` : name;
}

/** Undefined where one of them was not kept. */
function countsAt(history: History, at: string, limits: LatencyLimits): DnsCounts | undefined {
  const counts: Partial<Record<keyof DnsCounts, number>> = {};
  for (const name of DNS_COUNT_NAMES) {
    const value = history.points('DnsCounters', idOf(name, limits)).findLast((point) => point.at === at)?.value;
    if (value === undefined) return undefined;
    counts[name] = value;
  }
  return counts as DnsCounts;
}

function startedBy(processes: readonly DnsProcess[], at: string): readonly DnsProcess[] {
  return processes.filter(({ counters }) => 1000 * (counters.startedAt ?? 0) <= Date.parse(at));
}

/** FNV-1a, 32 bits, of each process's pod and start: the history keeps numbers only. */
function setOf(processes: readonly DnsProcess[]): number {
  const names = processes.map(({ podName, counters }) => `${podName} ${counters.startedAt ?? ''}`).sort();
  let hash = 0x811c9dc5;
  for (const character of names.join('\n')) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}

function oldestStart(processes: readonly DnsProcess[]): { readonly since?: string } {
  const starts = processes.flatMap(({ counters }) => counters.startedAt ?? []);
  return starts.length === 0 ? {} : { since: new Date(1000 * Math.min(...starts)).toISOString() };
}
