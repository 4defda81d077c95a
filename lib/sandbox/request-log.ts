/** Counts the requests that came in. */
export class RequestLog {
  readonly #calls: Record<string, number> = {};

  count(operation: string): void {
    this.#calls[operation] = (this.#calls[operation] ?? 0) + 1;
  }

  calls(): Readonly<Record<string, number>> {
    return { ...this.#calls };
  }
}
