import type { Answer } from '#lib/collect/kubernetes/connection.ts';

/**
 * The request for the page after the one that is being read. Its body stays unread, and so mostly unsent, until it is that page's turn.
 * What goes wrong with it matters only to whoever takes it.
 */
export class PageAhead {
  readonly #request: (token: string) => Promise<Answer>;
  #sent: { readonly token: string; readonly answer: Promise<Answer> } | undefined;

  constructor(request: (token: string) => Promise<Answer>) {
    this.#request = request;
  }

  /** Asks for a page; one that is asked for already is not asked for again. */
  send(token: string): void {
    if (this.#sent?.token === token) return;
    this.drop();
    const answer = this.#request(token);
    answer.then(
      // A body that breaks while it waits says so to whoever reads it; an error that nobody hears would end the process.
      ({ body }) => body.on('error', () => undefined),
      () => undefined,
    );
    this.#sent = { token, answer };
  }

  /** The answer to the request for this page, once; undefined where there is none. */
  take(token: string | undefined): Promise<Answer> | undefined {
    const sent = this.#sent;
    if (sent === undefined || sent.token !== token) return undefined;
    this.#sent = undefined;
    return sent.answer;
  }

  /** Gives up what was asked for and not taken. */
  drop(): void {
    const sent = this.#sent;
    this.#sent = undefined;
    sent?.answer.then(
      ({ body }) => body.destroy(),
      () => undefined,
    );
  }
}
