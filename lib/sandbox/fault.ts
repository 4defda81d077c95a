/** How an answer goes wrong. */
export type FaultAnswer =
  | {
      readonly kind: 'error';
      readonly code: string;
      readonly status: number;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
    }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** Closes the connection before it answers. */
  | { readonly kind: 'drop' }
  /** Sends half of the body and closes. */
  | { readonly kind: 'truncate' }
  | { readonly kind: 'html'; readonly status: number }
  /** Gives the first page again and again, with the same token of the next. */
  | { readonly kind: 'loop' };

export interface Fault {
  /** An operation as `calls()` counts it, as `ec2:DescribeSubnets` or `GET /api/v1/pods`; `*` stands for any characters. */
  readonly on: string;
  /** Of which cluster's API server; all by default. */
  readonly cluster?: string;
  /** How many requests it strikes; all by default. */
  readonly times?: number;
  readonly answer: FaultAnswer;
}

/** The faults in force. */
export class Faults {
  readonly #active = new Set<{ readonly fault: Fault; left: number }>();

  /** @returns what lifts the fault again */
  inject(fault: Fault): () => void {
    const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
    this.#active.add(entry);
    return () => {
      this.#active.delete(entry);
    };
  }

  /** The fault that strikes this request, the last injected first; it is then used up once. */
  strike(operation: string, cluster?: string): FaultAnswer | undefined {
    for (const entry of [...this.#active].reverse()) {
      const { fault } = entry;
      if (entry.left <= 0 || !matches(fault.on, operation) || (fault.cluster !== undefined && fault.cluster !== cluster))
        continue;
      entry.left -= 1;
      return fault.answer;
    }
    return undefined;
  }
}

function matches(pattern: string, operation: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(operation);
}
