/** The engines of the subnet checks on 16 /16 subnets with 50,000 interfaces: the median of five fresh processes. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from '#test/bench/median.ts';

export interface SubnetFigures {
  readonly interfaces: number;
  readonly held: number;
  /** Milliseconds of wall by part. */
  readonly spent: Readonly<Record<string, number>>;
}

const ROUNDS = 5;

/** @returns each part's median, and that of the sums */
export function measureSubnets(): SubnetFigures {
  const once = fileURLToPath(new URL('subnets-once.ts', import.meta.url));
  const rounds = Array.from(
    { length: ROUNDS },
    () => JSON.parse(execFileSync(process.execPath, [once], { encoding: 'utf8' })) as SubnetFigures,
  );
  const [first] = rounds;
  if (first === undefined) throw new Error('no round was measured');
  const parts = Object.keys(first.spent).map((part) => [part, median(rounds.map(({ spent }) => spent[part] ?? 0))] as const);
  const total = median(rounds.map(({ spent }) => Object.values(spent).reduce((sum, ms) => sum + ms, 0)));
  return { ...first, spent: { ...Object.fromEntries(parts), 'all together': total } };
}
