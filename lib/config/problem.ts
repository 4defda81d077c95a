/** One thing that is wrong in a configuration file; line and column count from 1. */
export interface ConfigProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A configuration that cannot be used; `message` holds a line a problem, each with its place. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';
  readonly problems: readonly ConfigProblem[];

  constructor(fileName: string, problems: readonly ConfigProblem[]) {
    super(problems.map(({ line, column, message }) => `${fileName}:${line}:${column}: ${message}`).join('\n'));
    this.problems = problems;
  }
}
