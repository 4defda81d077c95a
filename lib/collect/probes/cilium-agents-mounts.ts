/**
 * Whether a filesystem of type bpf is among the mounts of the agent's container, which are also the host's below /sys/fs/bpf.
 * Sources: proc_mounts(5) (fields of a line); Cilium documentation, "System Requirements", section "Mounted eBPF filesystem".
 */
export function hasBpfFilesystem(mounts: string): boolean | { readonly malformed: string } {
  const types = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields.length === 6)
    .map(([, , type]) => type);
  // Every container has one.
  if (!types.includes('proc')) return { malformed: '/proc/mounts names no mounts' };
  return types.includes('bpf');
}
