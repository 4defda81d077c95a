import * as z from 'zod';

/**
 * Why something could not be read. The codes are a contract: reports, events and alarms may match on them.
 */
export const failureCode = z.enum([
  'ClusterNotFound',
  'NoCredentials',
  'ExpiredCredentials',
  'AccessDenied',
  'Unauthorized',
  'Forbidden',
  'ClusterUnreachable',
  'Throttled',
  'DeadlineExceeded',
  'Cancelled',
  'PageTokenLoop',
  'ListExpired',
  'TruncatedResponse',
  'UnexpectedResponse',
  'ServiceError',
  'NotServed',
  'AlreadyExists',
  'InputMissing',
  /** Nobody asked for it: a source that has to be switched on. */
  'NotEnabled',
]);
export type FailureCode = z.infer<typeof failureCode>;

/** The failed side of a slice: what happened, and what the reader can do about it. */
export interface Failure {
  readonly ok: false;
  readonly code: FailureCode;
  /** One sentence: what was asked for and what came back. No stack, no credentials. */
  readonly reason: string;
  /** One sentence: what the reader can do now. */
  readonly remedy: string;
}

/** A failure's reason, which is a sentence, as a part of a longer one. */
export function asClause(reason: string): string {
  return reason.replace(/\.$/, '');
}

/**
 * An expected failure of a collector or of discover, named by its code.
 * Crosses a boundary only once translated into a slice, a finding or an exit code.
 */
export class ReadFailure extends Error {
  override readonly name = 'ReadFailure';
  readonly code: FailureCode;
  readonly remedy: string;

  constructor(code: FailureCode, reason: string, remedy: string, options?: ErrorOptions) {
    super(reason, options);
    this.code = code;
    this.remedy = remedy;
  }

  toFailure(): Failure {
    return { ok: false, code: this.code, reason: this.message, remedy: this.remedy };
  }
}
