/**
 * `npm run bench`: a whole check of a large cluster served on loopback, beside the bare fetch of the same pages by curl in the same
 * run; the bundles of the functions; the engines of the subnet checks; the verdicts of policies; and the forecasts. Absolute times are
 * this machine's; the ratios are what to compare. The sandbox answers from memory, which no API server does: `npm run bench --
 * --api-server` measures beside it a real one, which it has to fill first. `--subnets`, `--policies` and `--forecast` measure only
 * those. `--fleet` measures a thousand clusters in fifty accounts and nothing else: it takes some minutes.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { measureBundles } from '#test/bench/bundles.ts';
import { measureFleet } from '#test/bench/fleet.ts';
import { measureForecasts, measureForecastTime } from '#test/bench/forecast.ts';
import { median } from '#test/bench/median.ts';
import { measurePolicies } from '#test/bench/policies.ts';
import { measureSubnets } from '#test/bench/subnets.ts';

const ROUNDS = 5;
const run = promisify(execFile);
const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

interface CheckFigures {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly evaluateMs: number;
  readonly evaluateAgainMs: number;
  readonly peakMb: number;
  readonly verdict: string;
  readonly findings: number;
  readonly unread: readonly string[];
  readonly calls: Readonly<Record<string, number>>;
}

interface Served {
  /** Of a real API server. */
  readonly kubeconfig?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly nodes: number;
  readonly pods: number;
  readonly enis: number;
}

async function startServer(...more: readonly string[]): Promise<{ served: Served; server: ChildProcess }> {
  const server = spawn(process.execPath, [script('server.ts'), ...more], { stdio: ['pipe', 'pipe', 'inherit'] });
  const died = once(server, 'exit').then(([code]) => {
    throw new Error(`the server of the bench ended with ${code}`);
  });
  const [line] = (await Promise.race([once(createInterface({ input: server.stdout }), 'line'), died])) as [string];
  // Its end is expected from here on.
  died.catch(() => undefined);
  return { served: JSON.parse(line) as Served, server };
}

async function check({ environment, kubeconfig }: Served, ...more: readonly string[]): Promise<CheckFigures> {
  const env = { ...process.env, ...environment };
  const entry = kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig];
  const args = ['--region', 'eu-west-1', '--cluster', 'bench', ...entry, ...more];
  const { stdout } = await run(process.execPath, [script('check.ts'), ...args], { env });
  const figures = JSON.parse(stdout) as CheckFigures;
  if (figures.unread.length > 0) throw new Error(`the check did not read everything: ${figures.unread.join('; ')}`);
  return figures;
}

/** Fetches every recorded page, one after another or ten at a time. Milliseconds of wall. */
async function fetchAll(recording: string, parallel: boolean): Promise<number> {
  const start = performance.now();
  const how = parallel ? ['--parallel', '--parallel-max', '10', '--parallel-immediate'] : [];
  await run('curl', [...how, '--config', recording], { maxBuffer: 2 ** 26 });
  return performance.now() - start;
}

async function measureCheck(...more: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cniwatch-bench-'));
  const { served, server } = await startServer(...more);
  try {
    const recording = join(folder, 'requests.curl');
    await check(served, '--record', recording);
    const rounds: { figures: CheckFigures; serialMs: number; parallelMs: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const figures = await check(served);
      rounds.push({ figures, serialMs: await fetchAll(recording, false), parallelMs: await fetchAll(recording, true) });
    }
    report(served, rounds);
  } finally {
    server.stdin?.end();
    rmSync(folder, { recursive: true });
  }
}

function report(
  { kubeconfig, nodes, pods, enis }: Served,
  rounds: readonly { figures: CheckFigures; serialMs: number; parallelMs: number }[],
): void {
  const of = (pick: (round: (typeof rounds)[number]) => number) => median(rounds.map(pick));
  const ms = (value: number) => `${Math.round(value)} ms`;
  const [first] = rounds;
  const by = kubeconfig === undefined ? 'the sandbox' : 'a real API server and the sandbox';
  console.log(
    `A whole check of ${nodes} nodes, ${pods} pods, ${enis} interfaces, served by ${by} (medians of ${rounds.length} rounds, each in a fresh process)`,
  );
  console.table({
    'wall of the check': ms(of(({ figures }) => figures.wallMs)),
    'CPU of the check': ms(of(({ figures }) => figures.cpuMs)),
    'curl, page after page': ms(of(({ serialMs }) => serialMs)),
    'curl, ten at a time': ms(of(({ parallelMs }) => parallelMs)),
    'wall against curl, page after page': of(({ figures, serialMs }) => figures.wallMs / serialMs).toFixed(2),
    'wall against curl, ten at a time': of(({ figures, parallelMs }) => figures.wallMs / parallelMs).toFixed(2),
    'evaluation, first time': ms(of(({ figures }) => figures.evaluateMs)),
    'evaluation, warm': ms(of(({ figures }) => figures.evaluateAgainMs)),
    'peak memory': `${Math.round(Math.max(...rounds.map(({ figures }) => figures.peakMb)))} MB`,
    verdict: `${first?.figures.verdict}, ${first?.figures.findings} findings`,
  });
  console.log('Requests by name');
  console.table(first?.figures.calls);
}

function reportSubnets(): void {
  const { interfaces, held, spent } = measureSubnets();
  console.log(
    `Sixteen /16 subnets, ${interfaces} interfaces that hold ${held} addresses (cold: medians of five fresh processes)`,
  );
  console.table(Object.fromEntries(Object.entries(spent).map(([part, ms]) => [part, `${ms.toFixed(1)} ms`])));
}

function reportForecasts(): void {
  console.log(
    'Forecasts of series whose exhaustion is known, asked every hour (warned: less than 24 hours; false: with none in 3 times that)',
  );
  console.table(measureForecasts());
  console.log(`Forecasts of 100 subnets: ${Math.round(measureForecastTime())} ms of CPU`);
}

function reportPolicies(): void {
  const { pods, policies, endpoints, groups, answers, spent } = measurePolicies();
  const verdicts = Object.entries(answers).map(([verdict, count]) => `${count} ${verdict}`);
  console.log(
    `${pods} pods in ${groups} groups under ${policies} policies, about ${endpoints} CoreDNS pods: ${verdicts.join(', ')} (medians of five fresh processes)`,
  );
  console.table(Object.fromEntries(Object.entries(spent).map(([part, ms]) => [part, `${Math.round(ms)} ms`])));
}

async function reportBundles(): Promise<void> {
  console.log('Bundles of the functions (import: median of nine fresh processes)');
  const bundles = (await measureBundles()).map(({ name, megabytes, importCpuMs }) => [
    name,
    { size: `${megabytes.toFixed(2)} MB`, import: `${Math.round(importCpuMs)} ms of CPU` },
  ]);
  console.table(Object.fromEntries(bundles));
}

/** `--fleet`, or `--fleet=ACCOUNTS,CLUSTERS-OF-EACH,MAX-CONCURRENCY`. */
async function reportFleet(given: string): Promise<void> {
  const [accounts = 50, clusters = 20, maxConcurrency = 10] = given.split(',').filter(Boolean).map(Number);
  const delayMs = 50;
  const figures = await measureFleet({ accounts, clusters, maxConcurrency, delayMs });
  const seconds = (value: number) => `${value.toFixed(1)} s`;
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const { check, bucketLeft, calls, unread } = figures;
  console.log(
    `${figures.clusters} clusters in ${accounts} accounts through the pipeline, ${figures.atOnce} at once, every answer ${delayMs} ms late`,
  );
  console.table({
    'wall of the run': seconds(figures.wallSeconds),
    'CPU of a check': seconds(figures.cpuSeconds / figures.clusters),
    'a check: median, 95 of 100, longest': [check.median, check.p95, check.longest].map(seconds).join(', '),
    'peak memory of the run': `${Math.round(figures.peakMb)} MB`,
    'left of the emptiest EC2 bucket': `${percent(bucketLeft.least)} (${bucketLeft.emptiest})`,
    'median over accounts': percent(bucketLeft.median),
    'sources not read': unread.length === 0 ? 'none' : `${unread.length}, as ${unread[0]}`,
  });
  console.log('Calls of one cluster');
  console.table(Object.fromEntries(Object.entries(calls).map(([service, count]) => [service, count.toFixed(1)])));
  if (bucketLeft.least < 0.5) throw new Error('a bucket of EC2 was drained below half');
}

const asked = (flag: string): boolean => process.argv.includes(flag);
const fleet = process.argv.find((argument) => /^--fleet(=|$)/.test(argument));
const everything = fleet === undefined && !asked('--subnets') && !asked('--forecast') && !asked('--policies');
if (everything) {
  await measureCheck();
  if (asked('--api-server')) await measureCheck('--api-server');
  await reportBundles();
}
if (everything || asked('--subnets')) reportSubnets();
if (everything || asked('--policies')) reportPolicies();
if (everything || asked('--forecast')) reportForecasts();
if (fleet !== undefined) await reportFleet(fleet.split('=')[1] ?? '');
