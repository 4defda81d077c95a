/** A stream that text is written to; `columns` where it is a terminal. */
export interface Output {
  /** Resolves when the text has left; also when nobody reads any more (a closed pipe). */
  write(text: string): Promise<void>;
  readonly isTTY: boolean;
  readonly columns: number | undefined;
}

/** What the commands know of the machine they run on; the tests hand in their own. */
export interface System {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** Aborts when the run is interrupted; its reason is an Interrupted. */
  readonly signal: AbortSignal;
  /** What a person answers at the terminal; undefined where nobody sits at one. */
  readonly ask: (question: string) => Promise<string | undefined>;
}

/** The run was ended from outside. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly signal: 'SIGINT' | 'SIGTERM';
  readonly exitCode: number;
  constructor(signal: 'SIGINT' | 'SIGTERM', detail = 'nothing was reported') {
    super(`interrupted: ${detail}`);
    this.signal = signal;
    // The shells' convention: 128 and the signal's number.
    this.exitCode = signal === 'SIGINT' ? 130 : 143;
  }
}

/** This process. The first Ctrl-C ends the run cleanly, a second one at once. */
export function processSystem(): System {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      const interrupted = new Interrupted(signal);
      if (controller.signal.aborted) process.exit(interrupted.exitCode);
      controller.abort(interrupted);
    });
  }
  return {
    stdout: outputTo(process.stdout),
    stderr: outputTo(process.stderr),
    env: process.env,
    now: () => new Date(),
    signal: controller.signal,
    ask: (question) => askAtTerminal(question, controller.signal),
  };
}

/** Asked on stderr: stdout may go to a file. */
async function askAtTerminal(question: string, signal: AbortSignal): Promise<string | undefined> {
  if (!(process.stdin.isTTY && process.stderr.isTTY)) return undefined;
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question, { signal });
  } finally {
    terminal.close();
  }
}

function outputTo(stream: NodeJS.WriteStream): Output {
  let closed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // `cniwatch check | head`: the reader has gone; the verdict still goes into the exit code.
    closed = true;
    if (error.code !== 'EPIPE') process.exitCode = 3;
  });
  return {
    write: (text) => new Promise((resolve) => (closed ? resolve() : stream.write(text, () => resolve()))),
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.isTTY ? stream.columns : undefined;
    },
  };
}

/**
 * Whether to colour what goes to this output. FORCE_COLOR wins over NO_COLOR, as in Node itself.
 * Sources: no-color.org; Node.js documentation, `tty.WriteStream.getColorDepth`.
 */
export function coloured({ isTTY }: Pick<Output, 'isTTY'>, env: System['env']): boolean {
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}
