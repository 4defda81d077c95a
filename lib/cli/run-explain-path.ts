import { EXIT } from '#lib/cli/exit-code.ts';
import type { ExplainPathOptions } from '#lib/cli/explain-path.ts';
import { policyChange } from '#lib/cli/explain-path-change.ts';
import { dnsVerdict } from '#lib/cli/explain-path-dns.ts';
import { type PathDocument, pathDocument } from '#lib/cli/explain-path-document.ts';
import { pathQuestion } from '#lib/cli/explain-path-ends.ts';
import { pathText } from '#lib/cli/explain-path-text.ts';
import { readOneSnapshot, requireRead } from '#lib/cli/one-snapshot.ts';
import { readPolicies } from '#lib/cli/policy-file.ts';
import { coloured, type System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import type { PathQuestion } from '#lib/network/path/verdict.ts';

/** Reads a cluster or a Snapshot, follows the connection, and answers with the exit code. */
export async function runExplainPathCommand(options: ExplainPathOptions, system: System): Promise<number> {
  const { from, to, allDns = false, with: file } = options;
  if ((from === undefined) !== (to === undefined)) throw new UsageError('--from and --to belong together');
  if (from === undefined && !allDns) throw new UsageError('which path? Give --from POD --to POD:PORT, or --all-dns');
  // What is wrong with the file is told before anything is read.
  const policies = file === undefined ? undefined : await readPolicies(file);
  const snapshot = await readOneSnapshot(options, system);
  if (snapshot === undefined) return EXIT.unknown;
  const document = pathDocument(snapshot, {
    question: questionOf(from, to, snapshot),
    change: file === undefined || policies === undefined ? undefined : policyChange(file, policies, snapshot.slices),
    allDns,
  });
  const { stdout, env } = system;
  await stdout.write(
    options.output === 'json'
      ? `${JSON.stringify(document, undefined, 2)}\n`
      : pathText(document, { width: stdout.columns ?? 100, colour: coloured(stdout, env) }),
  );
  return exitCodeOf(document);
}

function questionOf(from: string | undefined, to: string | undefined, { slices, target }: Snapshot): PathQuestion | undefined {
  if (from === undefined || to === undefined) return undefined;
  const known = { pods: requireRead(slices.pods), services: dataOf(slices.services), eks: dataOf(slices.cluster) };
  return pathQuestion(from, to, { ...known, cluster: target.name });
}

const PATH_VERDICTS: Readonly<Record<NonNullable<PathDocument['path']>['verdict'], Verdict>> = {
  allowed: 'ok',
  'in-part': 'warning',
  disputed: 'warning',
  denied: 'critical',
  unknown: 'unknown',
};

function exitCodeOf({ path, dns }: PathDocument): number {
  const verdict = worstVerdict([
    'ok',
    ...(path === null ? [] : [PATH_VERDICTS[path.verdict]]),
    ...(dns === null ? [] : [dnsVerdict(dns)]),
  ]);
  return verdict === 'not-applicable' ? EXIT.ok : EXIT[verdict];
}
