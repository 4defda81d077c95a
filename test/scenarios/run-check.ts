import type * as z from 'zod';
import type { Check, CheckContext, CheckResult } from '#lib/model/check.ts';
import { type History, NO_HISTORY } from '#lib/model/history.ts';
import type { SliceKey, Snapshot } from '#lib/model/snapshot.ts';

/** Evaluates one check on a Snapshot whose required inputs were all read; `options` are merged over the defaults. */
export function runCheck<In extends SliceKey, Opt extends SliceKey, O extends z.ZodType>(
  check: Check<In, Opt, O>,
  snapshot: Snapshot,
  options: Partial<z.input<O>> = {},
  history: History = NO_HISTORY,
): CheckResult {
  const inputs = Object.fromEntries(
    check.inputs.map((key) => {
      const slice = snapshot.slices[key];
      if (!slice.ok) throw new Error(`${key} was not read: that is the runner's case, not the check's`);
      return [key, slice.data];
    }),
  );
  const optional = Object.fromEntries(check.optional.map((key) => [key, snapshot.slices[key]]));
  const context = {
    inputs,
    optional,
    target: snapshot.target,
    options: check.options.parse(options),
    now: new Date(snapshot.takenAt),
    history,
  };
  const result = check.evaluate(context as unknown as CheckContext<In, Opt, z.output<O>>);
  requireDocumented(check, result);
  requireDistinct(check.id, result);
  return result;
}

/** A page under docs/checks that leaves out a field or a metric would be a lie. */
function requireDocumented({ id, docs, metrics }: Pick<Check, 'id' | 'docs' | 'metrics'>, result: CheckResult): void {
  const fields = new Set(result.findings.flatMap(({ evidence }) => Object.keys(evidence)));
  const undocumented = [...fields].filter((field) => docs.evidence[field] === undefined);
  if (undocumented.length > 0) throw new Error(`${id} does not document its evidence ${undocumented.join(', ')}`);
  const undeclared = result.metrics.filter(({ name }) => !metrics.some((metric) => metric.name === name));
  if (undeclared.length > 0)
    throw new Error(`${id} does not declare its metrics ${undeclared.map(({ name }) => name).join(', ')}`);
}

/** The runner takes a check that judges a resource twice for broken: fingerprints could not tell its findings apart. */
function requireDistinct(id: string, { findings }: CheckResult): void {
  const resources = findings.map(({ resource }) => `${resource.kind} ${resource.id}`);
  const twice = resources.filter((resource, at) => resources.indexOf(resource) !== at);
  if (twice.length > 0) throw new Error(`${id} judges ${twice.join(', ')} twice`);
}
