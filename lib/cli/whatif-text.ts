import type { WhatIfDocument } from '#lib/cli/whatif-document.ts';
import { questionText } from '#lib/cli/whatif-question.ts';
import { plainText } from '#lib/model/plain-text.ts';
import { plural } from '#lib/model/plural.ts';
import type { SubnetSide, WhatIfSide } from '#lib/network/what-if/side.ts';
import { wrap } from '#lib/report/wrap.ts';

/** For a terminal: what was asked, the answer in a sentence, today beside after, and what would fix it. */
export function whatIfText(document: WhatIfDocument, width: number): string {
  const { before, after, reason, fixes, assumptions } = document;
  const changed = Object.keys(document.change).length > 0;
  const sides = before && after ? [...numbers(before, after, changed, width), ...subnetTable(before, after, changed)] : [];
  const lines = [
    ...wrap(plainText(questionText(document)), width),
    '',
    ...indented([after ? answerText(document, after) : `Unknown: ${reason ?? ''}.`], width),
    ...sides,
    ...section(
      'What would fix it',
      fixes.map(({ description, podsThatFit }) => `${description} (${plural(podsThatFit, 'pod')} fit)`),
      width,
    ),
    ...section('Taken for granted', assumptions, width),
    '',
  ];
  return lines.join('\n');
}

function answerText({ verdict, reason = '' }: WhatIfDocument, after: WhatIfSide): string {
  const counts = `${fitText(after)} and ${after.podsNeeded} have to run`;
  const { nodesNotStarted } = after;
  switch (verdict) {
    case 'fits':
      return `It fits: ${counts}.`;
    case 'runs-out':
      return nodesNotStarted > 0
        ? `It runs out: no address is left for ${plural(nodesNotStarted, 'new node')} to start with; ${counts}.`
        : `It runs out: ${counts}.`;
    case 'unknown':
      return `It is not known whether it fits: ${reason}; ${counts}.`;
  }
}

function fitText({ podsThatFit, podsThatFitAtMost }: WhatIfSide): string {
  return podsThatFit === podsThatFitAtMost ? `${podsThatFit} pods fit` : `${podsThatFit} to ${podsThatFitAtMost} pods fit`;
}

/** One column for the cluster as it is, two where something changes. */
function numbers(before: WhatIfSide, after: WhatIfSide, changed: boolean, width: number): readonly string[] {
  const row = (name: string, value: (side: WhatIfSide) => string | number) =>
    [name, String(value(before)), String(value(after))].slice(0, changed ? 3 : 2);
  const rows = [
    ['', 'today', 'after'].slice(0, changed ? 3 : 2),
    row('nodes', ({ nodes }) => nodes),
    row('pods that have to run', ({ podsNeeded }) => podsNeeded),
    row('pods that fit', ({ podsThatFit, podsThatFitAtMost }) =>
      podsThatFit === podsThatFitAtMost ? podsThatFit : `${podsThatFit} to ${podsThatFitAtMost}`,
    ),
    row('runs out first', ({ firstLimit }) => LIMITS[firstLimit.kind]),
    ...zonesOf(before, after).map((zone) => row(`pods that fit in ${zone}`, (side) => zonePods(side, zone))),
  ];
  const details = [`today: ${before.firstLimit.detail}`, ...(changed ? [`after: ${after.firstLimit.detail}`] : [])];
  return ['', ...table(rows), '', ...indented(details, width)];
}

/** A zone that is lost has a line, too. */
function zonesOf(before: WhatIfSide, after: WhatIfSide): readonly string[] {
  return [...new Set([...before.zones, ...after.zones].map(({ availabilityZone }) => availabilityZone))].toSorted();
}

const LIMITS: Readonly<Record<WhatIfSide['firstLimit']['kind'], string>> = {
  'subnet-addresses': 'single addresses of a subnet',
  'subnet-prefixes': '/28 blocks of a subnet',
  'node-addresses': "nodes' interfaces",
  'minimum-ip-target': 'MINIMUM_IP_TARGET alone',
  'max-pods': 'max-pods',
  none: 'nothing',
};

function zonePods({ zones }: WhatIfSide, zone: string): number {
  return zones.find(({ availabilityZone }) => availabilityZone === zone)?.podsThatFit ?? 0;
}

function subnetTable(before: WhatIfSide, after: WhatIfSide, changed: boolean): readonly string[] {
  const today = new Map(before.subnets.map((subnet) => [subnet.subnetId, subnet]));
  const cell = (addresses: number, prefixes: number) => `${addresses} (${prefixes} /28)`;
  const row = (subnet: SubnetSide) => {
    const now = today.get(subnet.subnetId);
    return [
      `${plainText(subnet.name ?? subnet.subnetId)} ${subnet.cidr} ${subnet.availabilityZone}`,
      now ? cell(now.freeAddresses, now.freePrefixes) : '-',
      cell(subnet.freeAddresses, subnet.freePrefixes),
      cell(subnet.freeAddressesLeft, subnet.freePrefixesLeft),
    ].slice(0, changed ? 4 : 2);
  };
  const head = ['free addresses', 'today', 'after', 'once the pods run'].slice(0, changed ? 4 : 2);
  return ['', ...table([head, ...after.subnets.map(row)])];
}

/** The first column to the left, numbers to the right. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`.trimEnd(),
  );
}

function section(title: string, sentences: readonly string[], width: number): readonly string[] {
  return sentences.length === 0 ? [] : ['', title, ...indented(sentences, width)];
}

function indented(sentences: readonly string[], width: number): readonly string[] {
  return sentences.flatMap((sentence) =>
    wrap(plainText(sentence), width - 4).map((line, at) => (at === 0 ? `  ${line}` : `    ${line}`)),
  );
}
