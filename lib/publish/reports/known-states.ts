import pLimit from 'p-limit';
import type { FindingState } from '#lib/model/finding-state.ts';
import type { ScopeStore } from '#lib/publish/state/scope-store.ts';

const AT_ONCE = 16;

/** What the table knows of the findings of these clusters, by fingerprint. What does not answer is one note, and no failure. */
export async function knownStates(
  store: Pick<ScopeStore, 'read'>,
  arns: readonly string[],
): Promise<{ readonly states: ReadonlyMap<string, FindingState>; readonly notes: readonly string[] }> {
  const limit = pLimit(AT_ONCE);
  const answers = await Promise.allSettled(arns.map((arn) => limit(async () => (await store.read(arn)).states)));
  const states = new Map(answers.flatMap((answer) => (answer.status === 'fulfilled' ? [...answer.value] : [])));
  const [failed, ...more] = answers.filter((answer) => answer.status === 'rejected');
  if (failed === undefined) return { states, notes: [] };
  const reason: unknown = failed.reason;
  const said = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
  return {
    states,
    notes: [
      `Since when findings are open is not known of ${more.length + 1} of ${arns.length} clusters (${said.slice(0, 300)}).`,
    ],
  };
}
