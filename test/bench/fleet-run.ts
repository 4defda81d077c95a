/**
 * One run of the pipeline over the fleet that the environment leads to, in a fresh process: prints its figures as one line of JSON.
 * Usage: node test/bench/fleet-run.ts S3-ENDPOINT FILE-OF-THE-DEFINITION
 */
import { readFileSync } from 'node:fs';
import type { AssessmentDocument } from '#lib/model/assessment.ts';
import { runPipeline } from '#test/functions/run-pipeline.ts';
import type { Definition } from '#test/infra/state-machine.ts';

const [s3 = '', file = ''] = process.argv.slice(2);
const definition = JSON.parse(readFileSync(file, 'utf8')) as Definition;
const [start, cpuAtStart] = [performance.now(), process.cpuUsage()];
const { execution, id, checkMs, atOnce } = await runPipeline(definition, s3);
const wallMs = performance.now() - start;
const cpu = process.cpuUsage(cpuAtStart);
if (execution.status !== 'SUCCEEDED') throw new Error(`the run failed: ${execution.error}: ${execution.cause}`);

const summary = await fetch(`${s3}/cniwatch-runs/runs/${id}/summary.json`);
const { clusters } = (await summary.json()) as AssessmentDocument;
console.log(
  JSON.stringify({
    wallMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    peakMb: process.resourceUsage().maxRSS / 1024,
    checkMs,
    atOnce,
    clusters: clusters.length,
    unread: clusters.flatMap(({ name, collectors }) =>
      collectors.filter(({ ok }) => !ok).map(({ id: source, reason }) => `${name}: ${source}: ${reason}`),
    ),
  }),
);
process.exit(0);
