import { type Document, isMap, isNode, isPair, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml';

type Path = readonly PropertyKey[];

/** Where in the text a value stands, or its nearest ancestor that is written there. Counts from 1. */
export function placeOfValue(document: Document, lines: LineCounter, path: Path): { line: number; column: number } {
  return place(lines, deepest(document, path).node);
}

/** Where a key stands in the map at `path`; the map's own place where the key is not written. */
export function placeOfKey(document: Document, lines: LineCounter, path: Path, key: string): { line: number; column: number } {
  const { node } = deepest(document, path);
  const pair = isMap(node) ? node.items.find((item) => keyOf(item) === key) : undefined;
  return place(lines, pair && isNode(pair.key) ? pair.key : node);
}

function deepest(document: Document, path: Path): { node: Node | null } {
  let node: Node | null = document.contents;
  for (const step of path) {
    const child: unknown = childOf(node, step);
    if (!isNode(child)) break;
    node = child;
  }
  return { node };
}

function childOf(node: Node | null, step: PropertyKey): unknown {
  if (isSeq(node)) return node.items[Number(step)];
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => keyOf(item) === String(step));
  // A key without a value (`checks:`) has a scalar null with a place of its own.
  return pair && isPair(pair) ? (pair.value ?? pair.key) : undefined;
}

const keyOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key);

function place(lines: LineCounter, node: Node | null): { line: number; column: number } {
  const { line, col } = lines.linePos(node?.range?.[0] ?? 0);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}
