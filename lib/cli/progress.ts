import type { Output } from '#lib/cli/system.ts';
import type { Progress } from '#lib/collect/progress.ts';
import { plainText } from '#lib/model/plain-text.ts';

/** Shows how a run of several clusters goes on: one live line on a terminal, a line a cluster elsewhere. */
export interface RunProgress {
  source(cluster: string, progress: Progress): void;
  /** The cluster is through; `outcome` says how in a few words. */
  done(cluster: string, outcome: string): void;
  /** Takes the live line away. */
  end(): Promise<void>;
}

const CLEAR_LINE = '\r\u001b[2K';
/** Milliseconds: a terminal need not see every page of a list. */
const REDRAW_AFTER = 80;

export function showProgress(output: Output, total: number, now: () => Date): RunProgress {
  return output.isTTY ? liveLine(output, total, now) : lineByLine(output);
}

function lineByLine(output: Output): RunProgress {
  return {
    source: () => undefined,
    done: (cluster, outcome) => void output.write(`${plainText(cluster)}: ${plainText(outcome)}\n`),
    end: async () => undefined,
  };
}

function liveLine(output: Output, total: number, now: () => Date): RunProgress {
  const running = new Map<string, string>();
  let finished = 0;
  let drawn = 0;
  const draw = (at: number): void => {
    drawn = at;
    const parts = [...running].map(([cluster, state]) => `${cluster}: ${state}`);
    const line = [`${finished} of ${total} read`, ...parts].map(plainText).join(' · ');
    void output.write(CLEAR_LINE + [...line].slice(0, (output.columns ?? 80) - 1).join(''));
  };
  return {
    source(cluster, { key, state, items }) {
      running.set(cluster, state === 'page' ? `${key} ${items ?? ''}` : key);
      const at = now().getTime();
      if (at - drawn >= REDRAW_AFTER) draw(at);
    },
    done(cluster) {
      running.delete(cluster);
      finished += 1;
      draw(now().getTime());
    },
    end: () => output.write(CLEAR_LINE),
  };
}
