/** What became of a message. Nothing is lost where it failed: it is sent again later, with what came since. */
export type Sent = { readonly outcome: 'sent' } | SendFailure;

export interface SendFailure {
  readonly outcome: 'failed';
  /** One sentence without its full stop. */
  readonly reason: string;
  /** What a person can do. */
  readonly remedy: string;
}
