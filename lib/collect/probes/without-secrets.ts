/**
 * Keys whose values are nobody's to read: tokens, passwords, and keys and certificates that stand in the file itself. Bounded on both
 * sides of the word, so that no text makes it slow.
 */
const SECRET =
  /("[^"\n]{0,99}(?:token|secret|password|passwd|private|key|cert|credential|auth)[^"\n]{0,99}"\s{0,99}:\s{0,99}")((?:[^"\\\n]|\\.)*)/giu;
/** A JSON Web Token, wherever it stands. Source: RFC 7519. */
const TOKEN = /eyJ[\w-]{8,}\.[\w-]*\.?[\w-]*/g;
const BLOT = 'hidden';

/**
 * A CNI's configuration without what it may hold of secrets, as Calico's of old has a token of the API server. It is a text, valid JSON
 * or not: what was valid stays so, with the same keys.
 */
export function withoutSecrets(content: string): string {
  return content.replace(SECRET, (_, before: string) => `${before}${BLOT}`).replace(TOKEN, BLOT);
}
