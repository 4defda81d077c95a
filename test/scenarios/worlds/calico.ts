/** Situations of Calico: one function each. */
import type { JsonObject, KubernetesResource } from '#lib/sandbox/world.ts';
import { aBlock, pods } from '#test/network/calico/blocks.ts';
import { type OtherCni, served, shopOn } from './other-cni.ts';

const AGENT = { name: 'calico-node', container: 'calico-node', namespace: 'calico-system', label: { 'k8s-app': 'calico-node' } };
const GROUPS = { v1: 'crd.projectcalico.org/v1', v3: 'projectcalico.org/v3' } as const;

const POOL = { cidr: '10.244.0.0/24', blockSize: 26, ipipMode: 'Never', vxlanMode: 'Always', natOutgoing: true };

interface CalicoSituation extends Partial<OtherCni> {
  readonly group?: keyof typeof GROUPS;
  readonly pools?: Readonly<Record<string, JsonObject>>;
  /** Addresses in use of each block, a node each, from the first of the pool on. */
  readonly blocks?: readonly number[];
  readonly config?: JsonObject;
  readonly more?: (apiVersion: string) => readonly KubernetesResource[];
}

export function calico({ group = 'v1', pools = { pods: POOL }, blocks = [], config, more, ...over }: CalicoSituation = {}) {
  const apiVersion = GROUPS[group];
  const built = blocks.map((used, at) => aBlock(`10.244.0.${64 * at}/26`, `node-${at + 1}`, pods(used)));
  return shopOn({
    agent: AGENT,
    kinds: () => [
      served(apiVersion, 'IPPool', 'ippools', Object.fromEntries(Object.entries(pools).map(([name, spec]) => [name, { spec }]))),
      served(apiVersion, 'IPAMBlock', 'ipamblocks', Object.fromEntries(built.map(({ name, spec }) => [name, { spec }]))),
      ...(config
        ? [
            group === 'v1'
              ? served(apiVersion, 'IPAMConfig', 'ipamconfigs', { default: { spec: config } })
              : served(apiVersion, 'IPAMConfiguration', 'ipamconfigurations', { default: { spec: config } }),
          ]
        : []),
      ...(more?.(apiVersion) ?? []),
    ],
    ...over,
  });
}

export const policyOnly = () => calico({ pools: {}, besideVpcCni: true });
