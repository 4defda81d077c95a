import { randomUUID } from 'node:crypto';
import type { JsonObject } from '#lib/sandbox/world.ts';

/** One of EKS's updates, as DescribeUpdate gives it. */
export interface EksUpdate extends JsonObject {
  readonly id: string;
  readonly status: 'InProgress' | 'Successful' | 'Failed' | 'Cancelled';
  readonly type: string;
  readonly params: readonly { readonly type: string; readonly value: string }[];
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly errors: readonly UpdateError[];
}

export interface UpdateError {
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly resourceIds: readonly string[];
}

/** What an update is of. */
export interface UpdateSubject {
  readonly cluster: string;
  readonly addon?: string | undefined;
  readonly nodegroup?: string | undefined;
}

interface Entry {
  readonly subject: UpdateSubject;
  readonly token: string | undefined;
  readonly update: EksUpdate;
}

/** The updates of a world's clusters, in the order in which they began. */
export class EksUpdates {
  #entries: readonly Entry[] = [];

  begin(subject: UpdateSubject, token: string | undefined, update: Pick<EksUpdate, 'type' | 'params' | 'createdAt'>): EksUpdate {
    const begun: EksUpdate = { id: randomUUID(), status: 'InProgress', ...update, errors: [] };
    this.#entries = [...this.#entries, { subject, token, update: begun }];
    return begun;
  }

  end(id: string, errors: readonly UpdateError[] = []): void {
    const status = errors.length === 0 ? 'Successful' : 'Failed';
    this.#entries = this.#entries.map((entry) =>
      entry.update.id === id ? { ...entry, update: { ...entry.update, status, errors } } : entry,
    );
  }

  of(subject: UpdateSubject): readonly EksUpdate[] {
    return this.#entries.filter((entry) => isOf(entry, subject)).map(({ update }) => update);
  }

  /** The update that a request with this `clientRequestToken` began: asked twice, it is done once. */
  begunBy(subject: UpdateSubject, token: string | undefined): EksUpdate | undefined {
    if (token === undefined) return undefined;
    return this.#entries.find((entry) => entry.token === token && isOf(entry, subject))?.update;
  }
}

function isOf({ subject }: Entry, { cluster, addon, nodegroup }: UpdateSubject): boolean {
  return subject.cluster === cluster && subject.addon === addon && subject.nodegroup === nodegroup;
}
