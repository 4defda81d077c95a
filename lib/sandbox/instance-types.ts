import { readFileSync } from 'node:fs';
import type { InstanceType } from '#lib/model/ec2.ts';

let table: readonly InstanceType[] | undefined;
let branchLimits: ReadonlyMap<string, number> | undefined;

/**
 * The types of the shipped table. It holds no vCPUs: they follow from the size's name, by the rule of EC2's current families
 * (large is 2, xlarge 4, Nxlarge 4·N), which is wrong for some older and some metal types.
 */
export function instanceTypeTable(): readonly InstanceType[] {
  table ??= readTable();
  return table;
}

/** Branch interfaces that a trunk of this type takes; 0 where the type takes no trunk. */
export function branchLimit(instanceType: string): number {
  branchLimits ??= new Map(
    readRows(
      (cell) => [cell('instanceType'), cell('isTrunkingCompatible') === 'true' ? Number(cell('branchEniLimit')) : 0] as const,
    ),
  );
  return branchLimits.get(instanceType) ?? 0;
}

function readTable(): readonly InstanceType[] {
  return readRows(toInstanceType);
}

function readRows<T>(read: (cell: (name: string) => string) => T): readonly T[] {
  const [header = '', ...rows] = readFileSync(new URL('data/instance-limits.tsv', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const names = header.split('\t');
  return rows.map((row) => {
    const cells = row.split('\t');
    return read((name) => cells[names.indexOf(name)] ?? '');
  });
}

function toInstanceType(cell: (name: string) => string): InstanceType {
  const instanceType = cell('instanceType');
  const bareMetal = cell('bareMetal') === 'true';
  const hypervisor = cell('hypervisor');
  const most = Number(cell('maxEni'));
  const cards = Number(cell('networkCards')) || 1;
  const onDefault = Number(cell('defaultCardMaxEni')) || most;
  const elsewhere = cards > 1 ? Math.floor((most - onDefault) / (cards - 1)) : 0;
  return {
    instanceType,
    // EC2 names no hypervisor for bare metal.
    ...(bareMetal || hypervisor === 'unknown' ? {} : { hypervisor }),
    bareMetal,
    vcpus: vcpus(instanceType),
    maximumNetworkInterfaces: most,
    ipv4AddressesPerInterface: Number(cell('ipv4PerEni')),
    ipv6AddressesPerInterface: hypervisor === 'xen' ? 0 : Number(cell('ipv4PerEni')),
    defaultNetworkCardIndex: 0,
    networkCards: Array.from({ length: cards }, (_, networkCardIndex) => ({
      networkCardIndex,
      maximumNetworkInterfaces: networkCardIndex === 0 ? onDefault : elsewhere,
    })),
  };
}

function vcpus(instanceType: string): number {
  const size = instanceType.split('.')[1] ?? '';
  const multiple = /(\d+)xlarge/.exec(size)?.[1] ?? /metal-(\d+)xl/.exec(size)?.[1];
  if (multiple !== undefined) return 4 * Number(multiple);
  if (size.startsWith('metal')) return 96;
  return size === 'xlarge' ? 4 : 2;
}
