/** Most names to suggest. */
const SUGGESTIONS = 5;

/** Names that someone may have meant, the nearest first; those of one that is contained in the other, or a few letters apart. */
export function nearNames(wanted: string, names: readonly string[]): string[] {
  const low = wanted.toLowerCase();
  return names
    .map((name) => ({ name, distance: distance(low, name.toLowerCase()) }))
    .filter(({ name, distance: letters }) => {
      const other = name.toLowerCase();
      return (
        letters <= Math.max(2, Math.floor(low.length / 3)) || other.includes(low) || (other.length > 2 && low.includes(other))
      );
    })
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, SUGGESTIONS)
    .map(({ name }) => name);
}

/** Letters to insert, delete or replace (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
