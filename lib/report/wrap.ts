/**
 * Breaks a text at spaces into lines of at most `width` characters. A word that is longer stays whole on a line of its own:
 * ids and commands are there to be copied.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((word) => word !== '')) {
    if (line === '') line = word;
    else if (length(line) + 1 + length(word) <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** In code points, which is what a terminal shows of the names of AWS and Kubernetes. */
const length = (text: string): number => [...text].length;
