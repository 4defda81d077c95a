import pico from 'picocolors';
import { dnsLines } from '#lib/cli/explain-path-dns-text.ts';
import type { EndDocument, PathDocument } from '#lib/cli/explain-path-document.ts';
import { section } from '#lib/cli/sections.ts';
import { plainText } from '#lib/model/plain-text.ts';
import type { LayerName, LayerVerdict, PathLayer } from '#lib/network/path/layer.ts';
import { timeText } from '#lib/report/words.ts';
import { wrap } from '#lib/report/wrap.ts';

interface Layout {
  readonly width: number;
  readonly colour: boolean;
}
type Paint = ReturnType<typeof pico.createColors>;

const LAYERS: Readonly<Record<LayerName, string>> = {
  'policy-egress': 'policy egress',
  'security-group-egress': 'SG egress',
  'acl-out': 'ACL out',
  'acl-back': 'ACL back',
  'security-group-ingress': 'SG ingress',
  'policy-ingress': 'policy ingress',
};
const COLUMN = Math.max(...Object.values(LAYERS).map(({ length }) => length));

const MARKS: Readonly<Record<LayerVerdict, readonly [string, 'green' | 'red' | 'yellow' | 'dim']>> = {
  allowed: ['✓', 'green'],
  denied: ['✗', 'red'],
  'in-part': ['!', 'yellow'],
  disputed: ['!', 'yellow'],
  unknown: ['?', 'yellow'],
  'not-asked': ['-', 'dim'],
};

/** For a terminal: the question, the verdict, a line a layer, and what would open it. */
export function pathText(document: PathDocument, { width, colour }: Layout): string {
  const paint = pico.createColors(colour);
  const { path, dns, cluster, takenAt } = document;
  const lines = [
    ...(path === null ? [] : pathLines(path, document, { paint, width })),
    ...(dns === null
      ? []
      : [...(path === null ? [] : ['']), ...dnsLines(dns, { changed: document.with !== null, bold: paint.bold, width })]),
    '',
    paint.dim(`${plainText(cluster.name)} in ${plainText(cluster.region)}, read at ${timeText(takenAt)}`),
    ...withLines(document).flatMap((line) => wrap(line, width)),
    '',
  ];
  return lines.map((line) => line.trimEnd()).join('\n');
}

interface Setting {
  readonly paint: Paint;
  readonly width: number;
}

function pathLines(
  path: NonNullable<PathDocument['path']>,
  document: PathDocument,
  { paint, width }: Setting,
): readonly string[] {
  const { from, to, port, protocol, layers } = path;
  return [
    ...wrap(`${endText(from)} to ${endText(to)}, ${protocol.toUpperCase()} ${port}`, width).map(paint.bold),
    verdictLine(path, document, paint),
    '',
    ...layers.flatMap((layer) => layerLines(layer, { paint, width })),
    ...section(
      paint.bold('What would open it'),
      layers.flatMap(({ layer, toOpen }) => toOpen.map((text) => [LAYERS[layer], plainText(text)] as const)),
      width,
    ),
  ];
}

/** `shop/web-1 (10.0.1.11, on ip-10-0-1-10)`. */
function endText({ name, address, node }: EndDocument): string {
  const where = [...(address === null || address === name ? [] : [address]), ...(node === null ? [] : [`on ${node}`])];
  return plainText(where.length === 0 ? name : `${name} (${where.join(', ')})`);
}

const VERDICTS: Readonly<Record<NonNullable<PathDocument['path']>['verdict'], string>> = {
  allowed: 'ALLOWED',
  denied: 'BLOCKED',
  'in-part': 'ALLOWED IN PART: some connections hang',
  disputed: 'DISPUTED',
  unknown: 'UNKNOWN',
};

function verdictLine(
  { verdict, before, layers }: NonNullable<PathDocument['path']>,
  { with: change }: PathDocument,
  paint: Paint,
): string {
  const at = layers.filter((layer) => layer.verdict === verdict).map(({ layer }) => LAYERS[layer]);
  const by = verdict === 'allowed' || at.length === 0 ? '' : ` by ${at.join(', ')}`;
  const was = change === null || before === null ? '' : ` (without ${plainText(change.file)}: ${VERDICTS[before].toLowerCase()})`;
  return `${paint[MARKS[verdict][1]](VERDICTS[verdict])}${by}${was}`;
}

function layerLines({ layer, verdict, reason }: PathLayer, { paint, width }: Setting): readonly string[] {
  const [mark, colour] = MARKS[verdict];
  const indent = COLUMN + 6;
  const [first = '', ...rest] = wrap(plainText(reason), width - indent);
  return [
    `  ${paint[colour](mark)} ${LAYERS[layer].padEnd(COLUMN)}  ${first}`,
    ...rest.map((line) => `${' '.repeat(indent)}${line}`),
  ];
}

function withLines({ with: change }: PathDocument): readonly string[] {
  if (change === null) return [];
  const { file, added, replaced, missingNamespaces } = change;
  const parts = [
    ...(added.length > 0 ? [`adds ${added.join(', ')}`] : []),
    ...(replaced.length > 0 ? [`replaces ${replaced.join(', ')}`] : []),
  ];
  return [
    plainText(`As if ${file} were applied, which ${parts.join(' and ')}.`),
    ...missingNamespaces.map((name) => plainText(`The cluster has no namespace ${name}: a policy there selects nothing.`)),
  ];
}
