interface Due {
  readonly at: number;
  readonly run: () => void;
}

/** What is still to happen in simulated time: an update that ends, a pod that becomes ready. */
export class Agenda {
  readonly #elapsed: () => number;
  readonly #now: () => Date;
  #pending: readonly Due[] = [];
  /** The moment of the effect that runs. */
  #at: number | undefined;

  /** @param elapsed milliseconds since any beginning, never going back; `now` is the calendar's time of the same moment */
  constructor(elapsed: () => number, now: () => Date) {
    this.#elapsed = elapsed;
    this.#now = now;
  }

  /** Milliseconds: of the effect that runs, else of the present. */
  get elapsed(): number {
    return this.#at ?? this.#elapsed();
  }

  /** The calendar's time of `elapsed`. */
  get time(): Date {
    return new Date(this.#now().getTime() - (this.#elapsed() - this.elapsed));
  }

  /** An effect counts from the effect that causes it, so that nothing hangs on when somebody looks. */
  after(ms: number, run: () => void): void {
    this.#pending = [...this.#pending, { at: this.elapsed + ms, run }];
  }

  /** Lets everything happen that is due, in order. */
  settle(): void {
    if (this.#at !== undefined) return;
    const present = this.#elapsed();
    for (let next = this.#takeDue(present); next !== undefined; next = this.#takeDue(present)) {
      this.#at = next.at;
      try {
        next.run();
      } finally {
        this.#at = undefined;
      }
    }
  }

  #takeDue(present: number): Due | undefined {
    const first = this.#pending.reduce<Due | undefined>(
      (earliest, each) => (earliest === undefined || each.at < earliest.at ? each : earliest),
      undefined,
    );
    if (first === undefined || first.at > present) return undefined;
    this.#pending = this.#pending.filter((each) => each !== first);
    return first;
  }
}
