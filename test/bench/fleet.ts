/** A fleet through the deployed definition, the real handlers and the real clients, with EC2's token buckets enforced. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { AccountLow } from '#lib/sandbox/aws-api.ts';
import { median } from '#test/bench/median.ts';
import { definitionOf } from '#test/infra/state-machine.ts';
import { synthesisedHub } from '#test/infra/synthesised-hub.ts';

export interface FleetShape {
  readonly accounts: number;
  /** Of each account. */
  readonly clusters: number;
  readonly maxConcurrency: number;
  /** Milliseconds that each answer of AWS and of the API servers is kept back. */
  readonly delayMs: number;
}

export interface FleetFigures {
  readonly clusters: number;
  readonly atOnce: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Of the process that runs the pipeline; the fleet is served by another. */
  readonly peakMb: number;
  /** Seconds of one check. */
  readonly check: { readonly median: number; readonly p95: number; readonly longest: number };
  /** The emptiest bucket that there was in each account: shares of the bucket. */
  readonly bucketLeft: { readonly least: number; readonly median: number; readonly emptiest: string };
  /** By service, of one cluster. */
  readonly calls: Readonly<Record<string, number>>;
  readonly unread: readonly string[];
}

interface RunFigures {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
  readonly checkMs: readonly number[];
  readonly atOnce: number;
  readonly clusters: number;
  readonly unread: readonly string[];
}

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export async function measureFleet({ accounts, clusters, maxConcurrency, delayMs }: FleetShape): Promise<FleetFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'cniwatch-fleet-'));
  const definition = join(folder, 'definition.json');
  writeFileSync(definition, JSON.stringify(definitionOf(synthesisedHub({ maxConcurrency }))));
  const server = spawn(process.execPath, [script('fleet-server.ts'), ...[accounts, clusters, delayMs].map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = linesOf(server);
  try {
    const served = await answers<{ environment: Readonly<Record<string, string>>; s3: string }>();
    const env = { ...process.env, ...served.environment };
    const args = [script('fleet-run.ts'), served.s3, definition];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 2 ** 26 });
    server.stdin?.write('\n');
    const { lows, calls } = await answers<{ lows: readonly AccountLow[]; calls: Readonly<Record<string, number>> }>();
    return figures(JSON.parse(stdout) as RunFigures, lows, calls);
  } finally {
    server.stdin?.end();
    rmSync(folder, { recursive: true });
  }
}

/** The next line of a process's output each time, as JSON; fails where it ends before. */
function linesOf(server: ChildProcess): <T>() => Promise<T> {
  if (server.stdout === null) throw new Error('the output of the fleet is not read');
  const lines = createInterface({ input: server.stdout });
  const died = once(server, 'exit').then(([code]) => {
    throw new Error(`the server of the fleet ended with ${code}`);
  });
  // Its end is expected once all was read.
  died.catch(() => undefined);
  return async <T>() => JSON.parse(((await Promise.race([once(lines, 'line'), died])) as [string])[0]) as T;
}

function figures(run: RunFigures, lows: readonly AccountLow[], calls: Readonly<Record<string, number>>): FleetFigures {
  const sorted = run.checkMs.map((ms) => ms / 1000).toSorted((a, b) => a - b);
  const left = [...Map.groupBy(lows, ({ account }) => account).values()].map((of) =>
    of.map((low) => ({ ...low, share: low.tokens / low.capacity })).reduce((a, b) => (b.share < a.share ? b : a)),
  );
  const emptiest = left.reduce((a, b) => (b.share < a.share ? b : a));
  const services = Map.groupBy(Object.entries(calls), ([call]) => (call.includes(':') ? call.split(':', 1)[0] : 'kubernetes'));
  return {
    clusters: run.clusters,
    atOnce: run.atOnce,
    wallSeconds: run.wallMs / 1000,
    cpuSeconds: run.cpuMs / 1000,
    peakMb: run.peakMb,
    check: { median: median(sorted), p95: sorted[Math.floor(sorted.length * 0.95)] ?? 0, longest: sorted.at(-1) ?? 0 },
    bucketLeft: {
      least: emptiest.share,
      median: median(left.map(({ share }) => share)),
      emptiest: `${emptiest.call} of ${emptiest.account}`,
    },
    calls: Object.fromEntries(
      [...services].map(([service, of]) => [service, of.reduce((sum, [, count]) => sum + count, 0) / run.clusters]),
    ),
    unread: run.unread,
  };
}
