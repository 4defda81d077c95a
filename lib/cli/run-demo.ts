import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { DemoOptions } from '#lib/cli/demo.ts';
import { enterSandbox } from '#lib/cli/demo-environment.ts';
import { emitReport } from '#lib/cli/emit-report.ts';
import { EXIT } from '#lib/cli/exit-code.ts';
import { findTargets } from '#lib/cli/find-targets.ts';
import { readText } from '#lib/cli/judge-clusters.ts';
import { livePast } from '#lib/cli/live-past.ts';
import { publishMetrics } from '#lib/cli/publish-metrics.ts';
import { reportError } from '#lib/cli/report-errors.ts';
import { selectChecks } from '#lib/cli/select-checks.ts';
import { survey } from '#lib/cli/survey.ts';
import type { System } from '#lib/cli/system.ts';
import { OutputUnwritable } from '#lib/cli/write-file.ts';
import { awsClientsByAccount } from '#lib/collect/aws/clients.ts';
import { defaultConfig } from '#lib/config/config.ts';
import { evaluate } from '#lib/evaluate/evaluate.ts';
import type { AssessmentDocument } from '#lib/model/assessment.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { startSandbox } from '#lib/sandbox/sandbox.ts';

/**
 * The whole pipeline on the embedded fleet: discovery, collection through the real SDK clients, evaluation, metrics, reports.
 * Exit code 0 although the fleet has problems: it is there to show them.
 */
export async function runDemoCommand(options: DemoOptions, system: System): Promise<number> {
  const { checks, config } = selectChecks(options, defaultConfig());
  const { stdout, now, signal } = system;
  const fleet = embeddedFleet(now());
  const sandbox = await startSandbox(fleet);
  const leave = enterSandbox(sandbox.environment);
  try {
    const clientsOf = awsClientsByAccount();
    const entries = { fleet: [{ region: fleet.region, clusters: ['*'] }], accounts: [] };
    const { targets, failures } = await findTargets({ kind: 'fleet', entries }, { clientsOf, home: fleet.region });
    for (const failure of failures) await reportError(failure, system);
    const settings = { clientsOf, concurrency: 5, ...config.collect };
    const past = await livePast('cloudwatch', checks, signal);
    const clusters = await survey(targets, settings, system, async (snapshot) => {
      const history = await past.of(snapshot, clientsOf(fleet.region).cloudwatch);
      const assessment = evaluate(snapshot, { config, checks, history });
      return { ...assessment, outcome: `${assessment.verdict}, ${readText(snapshot)}` };
    });
    const { published } = await publishMetrics(
      clusters.flatMap(({ metrics }) => metrics),
      clientsOf(fleet.region),
      now(),
      signal,
    );
    const document: AssessmentDocument = {
      schemaVersion: 1,
      generatedAt: now().toISOString(),
      clusters: clusters.map(({ outcome, ...assessment }) => assessment),
    };
    await emitReport(document, { output: 'table' }, system);
    const file = await writeReport(document, options.outFile, system);
    await stdout.write(
      [
        '',
        `HTML report: ${file}`,
        `${published} metrics published to the sandbox's CloudWatch.`,
        'This was the embedded fleet, with its problems built in: exit code 0. On your own: cniwatch check --cluster NAME --region REGION',
        '',
      ].join('\n'),
    );
    return failures.length === 0 ? EXIT.ok : EXIT.unknown;
  } finally {
    leave();
    await sandbox.close();
  }
}

/** Into the folder that was asked for, else ./reports, else (a folder that cannot be written) a temporary one. */
async function writeReport(document: AssessmentDocument, outFile: string | undefined, system: System): Promise<string> {
  const file = outFile ?? path.join('reports', 'demo.html');
  try {
    await emitReport(document, { output: 'html', outFile: file }, system);
    return file;
  } catch (error) {
    if (outFile !== undefined || !(error instanceof OutputUnwritable)) throw error;
    const elsewhere = path.join(await mkdtemp(path.join(tmpdir(), 'cniwatch-')), 'demo.html');
    await emitReport(document, { output: 'html', outFile: elsewhere }, system);
    return elsewhere;
  }
}
