import type { JsonObject } from '#lib/sandbox/world.ts';

/** A write that took effect. */
export interface Write {
  readonly service: 'ec2' | 'eks' | 'kubernetes';
  /** `UpdateAddon`, `CreateTags`; of Kubernetes the method and the path. */
  readonly operation: string;
  /** Of Kubernetes. */
  readonly cluster?: string;
  /** What was asked: the query's or the body's fields. */
  readonly parameters: JsonObject;
}

/** Counts the requests that came in, and keeps the writes that took effect. */
export class RequestLog {
  readonly #calls: Record<string, number> = {};
  readonly #writes: Write[] = [];

  count(operation: string): void {
    this.#calls[operation] = (this.#calls[operation] ?? 0) + 1;
  }

  wrote(write: Write): void {
    this.#writes.push(write);
  }

  calls(): Readonly<Record<string, number>> {
    return { ...this.#calls };
  }

  /** In order. */
  writes(): readonly Write[] {
    return [...this.#writes];
  }
}
