/**
 * A question that has no answer: `impossible` for one that cannot be meant so, as a zone that the cluster does not use; `unknown` where
 * something that it needs is not known. Thrown inside of the engine alone: whatIf answers with it.
 */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly kind: 'impossible' | 'unknown';

  constructor(kind: NoAnswer['kind'], reason: string) {
    super(reason);
    this.kind = kind;
  }
}
