import { requireRead } from '#lib/cli/one-snapshot.ts';
import type { NetworkPolicy } from '#lib/model/kubernetes.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Slices } from '#lib/model/snapshot.ts';

/** Policies that are tried. */
export interface PolicyChange {
  readonly file: string;
  /** By `namespace/name`. */
  readonly added: readonly string[];
  readonly replaced: readonly string[];
  /** Namespaces of them that the cluster does not have: there they select nothing. */
  readonly missingNamespaces: readonly string[];
  readonly slices: Slices;
}

const nameOf = ({ namespace, name }: NetworkPolicy): string => `${namespace}/${name}`;

/** @throws ReadFailure where the policies that stand were not read */
export function policyChange(file: string, policies: readonly NetworkPolicy[], slices: Slices): PolicyChange {
  const standing = requireRead(slices.networkPolicies);
  const names = new Set(policies.map(nameOf));
  const replaced = new Set(standing.map(nameOf).filter((name) => names.has(name)));
  const namespaces = new Set(dataOf(slices.namespaces)?.map(({ name }) => name));
  const missing = slices.namespaces.ok ? policies.map(({ namespace }) => namespace).filter((name) => !namespaces.has(name)) : [];
  return {
    file,
    added: [...names].filter((name) => !replaced.has(name)),
    replaced: [...replaced],
    missingNamespaces: [...new Set(missing)],
    slices: {
      ...slices,
      networkPolicies: { ok: true, data: [...standing.filter((policy) => !names.has(nameOf(policy))), ...policies] },
    },
  };
}
