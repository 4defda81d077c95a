import type { Output, System } from '#lib/cli/system.ts';
import { NOW } from '#test/scenarios/slices.ts';

export interface CapturedSystem extends System {
  readonly out: () => string;
  readonly err: () => string;
}

/** A System whose output is kept; time stands still. */
export function aSystem(over: Partial<System> & { readonly tty?: boolean } = {}): CapturedSystem {
  const { tty = false, ...rest } = over;
  const written = { out: '', err: '' };
  const output = (to: 'out' | 'err'): Output => ({
    write: async (text) => {
      written[to] += text;
    },
    isTTY: tty,
    columns: tty ? 80 : undefined,
  });
  return {
    stdout: output('out'),
    stderr: output('err'),
    env: {},
    now: () => new Date(NOW),
    signal: new AbortController().signal,
    ask: async () => undefined,
    ...rest,
    out: () => written.out,
    err: () => written.err,
  };
}
