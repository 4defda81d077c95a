import { completeMetrics } from '#lib/evaluate/metrics.ts';
import type { Check, CheckContext } from '#lib/model/check.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { History, Reading } from '#lib/model/history.ts';
import type { Metric } from '#lib/model/metric.ts';
import { ofKinds } from '#lib/model/slice.ts';
import type { SliceKey, Snapshot } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';

interface Outcome {
  readonly judgements: readonly Judgement[];
  readonly metrics: readonly Metric[];
  readonly readings: readonly Reading[];
}

/**
 * Runs one check on a Snapshot. Never throws: an input that was not read, a check that throws and a result that breaks
 * the check's own declaration are each one `unknown` judgement of the cluster, and then nothing else of that check counts.
 */
export function runCheck(check: Check, snapshot: Snapshot, options: unknown, history: History): Outcome {
  const { target } = snapshot;
  const inputs = readInputs(check.inputs, snapshot);
  if (!inputs.ok) return inputs.notEnabled ? notEnabled(target, inputs) : unknown(target, inputs.summary, inputs.evidence);
  try {
    const context = {
      inputs: inputs.data,
      optional: Object.fromEntries(check.optional.map((key) => [key, snapshot.slices[key]])),
      target,
      options,
      now: new Date(snapshot.takenAt),
      history,
    };
    const { findings, metrics, readings = [] } = check.evaluate(context as unknown as CheckContext<SliceKey, SliceKey, unknown>);
    requireDistinct(findings);
    requireDeclared(check, readings);
    return {
      judgements: findings.length > 0 ? findings : [nothingToJudge(check, target)],
      metrics: completeMetrics(check, metrics, target),
      readings,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return unknown(target, `The check ${check.id} failed: ${reason}.`, {
      error: error instanceof Error ? error.name : 'Error',
      reason,
      remedy: 'This is a defect of cniwatch: report it with the Snapshot that `cniwatch capture` writes.',
    });
  }
}

type Inputs =
  | { readonly ok: true; readonly data: Readonly<Record<string, unknown>> }
  | {
      readonly ok: false;
      readonly summary: string;
      readonly evidence: Judgement['evidence'];
      /** All that is missing are opt-in sources that nobody switched on. */
      readonly notEnabled: boolean;
    };

/** The data of every input; or, where some were not read, what each of them lacked. */
function readInputs(keys: readonly SliceKey[], { slices }: Snapshot): Inputs {
  const data: Record<string, unknown> = {};
  const failed: { input: SliceKey; code: string; reason: string; remedy: string }[] = [];
  for (const key of keys) {
    // A check that can do without some of a source's kinds has that source among its optional ones.
    const slice = ofKinds<unknown>(slices[key]);
    if (slice.ok) data[key] = slice.data;
    else failed.push({ input: key, code: slice.code, reason: slice.reason, remedy: slice.remedy });
  }
  const [first, ...others] = failed;
  if (!first) return { ok: true, data };
  const more = others.length > 0 ? ` Nor were: ${others.map(({ input }) => input).join(', ')}.` : '';
  return {
    ok: false,
    notEnabled: failed.every(({ code }) => code === 'NotEnabled'),
    summary: `The input ${first.input} was not read (${first.code}): ${first.reason}${more}`,
    evidence: { remedy: first.remedy, failedInputs: failed },
  };
}

/** Series that nobody declared would be kept without anybody knowing what they are. */
function requireDeclared({ history = {} }: Check, readings: readonly Reading[]): void {
  const seen = new Set<string>();
  for (const { series, id, value } of readings) {
    if (history[series] === undefined) throw new Error(`it keeps readings of ${series}, which it does not declare`);
    if (!Number.isFinite(value)) throw new Error(`its reading of ${series} is ${value}`);
    if (seen.has(`${series} ${id}`)) throw new Error(`it reads ${series} of ${id} twice`);
    seen.add(`${series} ${id}`);
  }
}

/** One check judges a resource once: fingerprints tell findings apart by nothing else. */
function requireDistinct(findings: readonly Judgement[]): void {
  const seen = new Set<string>();
  for (const { resource } of findings) {
    const identity = `${resource.kind} ${resource.id}`;
    if (seen.has(identity)) throw new Error(`it judged the ${identity} twice`);
    seen.add(identity);
  }
}

const clusterOf = (target: Target): Judgement['resource'] => ({ kind: 'cluster', id: target.arn, name: target.name });

function nothingToJudge(check: Check, target: Target): Judgement {
  const summary = `${check.title}: the cluster has nothing that this check judges.`;
  return { verdict: 'not-applicable', resource: clusterOf(target), summary, evidence: {} };
}

function unknown(target: Target, summary: string, evidence: Judgement['evidence']): Outcome {
  return { judgements: [{ verdict: 'unknown', resource: clusterOf(target), summary, evidence }], metrics: [], readings: [] };
}

/** What nobody asked for is no gap: the check says how to ask for it. */
function notEnabled(target: Target, { evidence }: { evidence: Judgement['evidence'] }): Outcome {
  const summary = `This check is opt-in. ${evidence['remedy']}`;
  return {
    judgements: [{ verdict: 'not-applicable', resource: clusterOf(target), summary, evidence }],
    metrics: [],
    readings: [],
  };
}
