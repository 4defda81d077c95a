import { loadConfig } from '#lib/cli/config-file.ts';
import { EXIT } from '#lib/cli/exit-code.ts';
import { fileHistory, historySource } from '#lib/cli/history.ts';
import { exitCode } from '#lib/cli/run-exit-code.ts';
import { selectChecks } from '#lib/cli/select-checks.ts';
import { readSnapshot } from '#lib/cli/snapshot-file.ts';
import { coloured, type System } from '#lib/cli/system.ts';
import type { TriageOptions } from '#lib/cli/triage.ts';
import type { Judged } from '#lib/cli/triage-live.ts';
import { triageText } from '#lib/cli/triage-text.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { type EvaluateOptions, evaluate } from '#lib/evaluate/evaluate.ts';
import { topologyOf } from '#lib/evaluate/topology.ts';
import { triage } from '#lib/evaluate/triage/triage.ts';
import type { TriageDocument } from '#lib/model/triage.ts';
import { jsonText } from '#lib/report/json.ts';

/** Reads a cluster or a Snapshot, says what to do first, and answers with the exit code. */
export async function runTriageCommand(options: TriageOptions, system: System): Promise<number> {
  const { snapshot: file, cluster, history } = options;
  if (file && cluster) throw new UsageError('--snapshot excludes --cluster');
  if (file && history === 'cloudwatch') throw new UsageError('--history cloudwatch is for live clusters: give a history file');
  const settings = selectChecks({}, await loadConfig(options.config));
  const judged = file ? await judgeFile(file, options, settings) : await judgeLive(options, settings, system);
  if (judged === undefined) return EXIT.unknown;
  const document = triageDocument(judged, options, system.now());
  const { stdout, env } = system;
  const text =
    options.output === 'json'
      ? jsonText(document)
      : triageText(document, { width: stdout.columns ?? 80, colour: coloured(stdout, env), access: options });
  await stdout.write(text);
  return exitCode([judged.assessment.verdict], { failOn: 'warning', incomplete: false });
}

async function judgeFile(file: string, { history }: TriageOptions, settings: EvaluateOptions): Promise<Judged> {
  const snapshot = await readSnapshot(file);
  const past = await fileHistory(historySource(history, 'none'));
  return { snapshot, assessment: evaluate(snapshot, { ...settings, history: past }) };
}

/** The AWS SDK is loaded only here: replaying a Snapshot does without it. */
async function judgeLive(...given: Parameters<typeof import('#lib/cli/triage-live.ts').judgeLiveCluster>) {
  const { judgeLiveCluster } = await import('#lib/cli/triage-live.ts');
  return judgeLiveCluster(...given);
}

function triageDocument({ snapshot, assessment }: Judged, access: TriageOptions, now: Date): TriageDocument {
  const { account, region, name, arn } = assessment;
  return {
    schemaVersion: 1,
    generatedAt: now.toISOString(),
    takenAt: assessment.takenAt,
    cluster: { account, region, name, arn },
    ...triage(assessment, topologyOf(snapshot), access),
  };
}
