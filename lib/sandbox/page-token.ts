/** The token of a page that begins at a place of the whole list: opaque to clients, in letters that any URL takes. */
export function pageToken(start: number): string {
  return Buffer.from(`sandbox:${start}`).toString('base64url');
}

/** Where that page begins; 0 without a token, undefined for one that no page gave. */
export function pageStart(token: string | null | undefined): number | undefined {
  if (token === undefined || token === null) return 0;
  const start = /^sandbox:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  return start === undefined ? undefined : Number(start);
}
