import * as z from 'zod';
import { connectionOutcome, datagramOutcome, lookupOutcome } from '#lib/collect/probes/canary-outcomes.ts';
import { UDP_WORD } from '#lib/collect/probes/canary-script.ts';
import type { CanaryReport } from '#lib/model/canary.ts';

const answered = {
  exit: z.number().int().min(0).max(255),
  /** A clock that was set back makes it negative. */
  ms: z.number().transform((ms) => Math.max(0, ms)),
  said: z.string().max(1_000),
};
const name = z.string().max(300);
/** A line of the log, which comes from a pod and is believed only where it is exactly this. */
const line = z.discriminatedUnion('test', [
  z.strictObject({ test: z.literal('lookup'), of: z.enum(['resolver', 'service', 'coredns']), server: name, name, ...answered }),
  z.strictObject({ test: z.literal('search'), ...answered }),
  z.strictObject({ test: z.literal('egress'), target: name, ...answered }),
  z.strictObject({
    test: z.literal('peer'),
    protocol: z.enum(['tcp', 'udp']),
    by: z.enum(['pod', 'service']),
    address: name,
    ...answered,
  }),
  z.strictObject({ test: z.literal('routes'), family: z.enum(['ipv4', 'ipv6']), ...answered }),
  z.strictObject({ test: z.literal('done') }),
]);
type Line = z.infer<typeof line>;

/** More than the script can write. */
const MOST_LINES = 1_000;
const MOST_WORDS = 160;

export const isDone = (log: string): boolean => /^\{"test":"done"\}$/m.test(log);

export type LogReading = Pick<CanaryReport, 'lookups' | 'search' | 'egress' | 'peers' | 'routes' | 'complete'>;

/** What a client's log says. Lines that are none of the script's are left out, and it is then not complete. */
export function readCanaryLog(log: string): LogReading {
  const written = log.split('\n').filter(Boolean).slice(0, MOST_LINES);
  const lines = written.flatMap((text) => parseLine(text) ?? []);
  const of = <T extends Line['test']>(test: T) => lines.filter((one): one is Extract<Line, { test: T }> => one.test === test);
  const routes = of('routes').filter(({ exit }) => exit === 0);
  return {
    lookups: grouped(of('lookup'), ({ of: kind, server, name: asked }) => `${kind} ${server} ${asked}`).map((tries) => ({
      name: tries[0].name.replace(/\.$/, ''),
      server: tries[0].server,
      of: tries[0].of,
      attempts: tries.map((one) => attempt(lookupOutcome(one), one)),
    })),
    search: {
      name: 'kubernetes.default',
      attempts: of('search').map((one) => attempt(connectionOutcome('nc', one), one)),
    },
    egress: grouped(of('egress'), ({ target }) => target).map((tries) => ({
      target: tries[0].target,
      attempts: tries.map((one) => attempt(connectionOutcome(one.target.includes('://') ? 'wget' : 'nc', one), one)),
    })),
    peers: grouped(of('peer'), ({ protocol, by }) => `${protocol} ${by}`).map((tries) => ({
      protocol: tries[0].protocol,
      by: tries[0].by,
      address: tries[0].address,
      attempts: tries.map((one) => attempt(one.protocol === 'tcp' ? connectionOutcome('nc', one) : datagramOutcome(one), one)),
    })),
    routes: Object.fromEntries(routes.map(({ family, said }) => [family, routeLines(said)])),
    complete: of('done').length > 0 && lines.length === written.length,
  };
}

function parseLine(text: string): Line | undefined {
  try {
    return line.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function grouped<T>(lines: readonly T[], key: (line: T) => string): (readonly [T, ...T[]])[] {
  return [...Map.groupBy(lines, key).values()].map((group) => group as [T, ...T[]]);
}

function attempt<T extends string>(outcome: T, { ms, said }: { ms: number; said: string }) {
  const good = outcome === 'answered' || outcome === 'reached' || said.trim() === UDP_WORD;
  return { outcome, ms, ...(good || said.trim() === '' ? {} : { said: said.trim().slice(0, MOST_WORDS) }) };
}

/** The script writes its line ends as semicolons. */
function routeLines(said: string): string[] {
  return said
    .split(';')
    .map((route) => route.trim())
    .filter(Boolean);
}
