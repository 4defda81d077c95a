/** NetworkPolicy verdicts of 30,000 pods about every CoreDNS pod: medians of five fresh processes. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from '#test/bench/median.ts';

export interface PolicyFigures {
  readonly pods: number;
  readonly policies: number;
  readonly endpoints: number;
  /** Pods that no policy tells apart are one. */
  readonly groups: number;
  /** Questions by their verdict. */
  readonly answers: Readonly<Record<string, number>>;
  /** Milliseconds of wall by part. */
  readonly spent: Readonly<Record<string, number>>;
}

const ROUNDS = 5;

export function measurePolicies(): PolicyFigures {
  const once = fileURLToPath(new URL('policies-once.ts', import.meta.url));
  const rounds = Array.from(
    { length: ROUNDS },
    () => JSON.parse(execFileSync(process.execPath, [once], { encoding: 'utf8' })) as PolicyFigures,
  );
  const [first] = rounds;
  if (first === undefined) throw new Error('no round was measured');
  const parts = Object.keys(first.spent).map((part) => [part, median(rounds.map(({ spent }) => spent[part] ?? 0))] as const);
  return { ...first, spent: Object.fromEntries(parts) };
}
