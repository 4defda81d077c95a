import * as z from 'zod';
import type { CustomResource, DaemonSet } from '#lib/model/kubernetes.ts';
import type { CalicoPool } from '#lib/network/calico/ipam-objects.ts';
import { findCnis } from '#lib/network/cni.ts';
import { parseObjects } from '#lib/network/custom-objects.ts';

/** How packets of a pool travel between nodes. */
export type Encapsulation = 'none' | 'ipip' | 'vxlan' | 'both';

export function encapsulationOf({ ipipMode, vxlanMode }: CalicoPool): Encapsulation {
  if (ipipMode !== 'Never' && vxlanMode !== 'Never') return 'both';
  if (ipipMode !== 'Never') return 'ipip';
  return vxlanMode === 'Never' ? 'none' : 'vxlan';
}

/** Whether nodes of one subnet send packets as they are. */
export function onlyAcrossSubnets({ ipipMode, vxlanMode }: CalicoPool): boolean {
  return ipipMode === 'CrossSubnet' || vxlanMode === 'CrossSubnet';
}

/**
 * What exchanges the routes: `bird` (BGP), `vxlan` or `none`. Undefined where it comes from a ConfigMap, as in Calico's manifest.
 * Source: Calico documentation, "Configuring calico/node" (CALICO_NETWORKING_BACKEND).
 */
export function networkingBackend(daemonSets: readonly DaemonSet[]): string | undefined {
  const calico = findCnis(daemonSets).find(({ kind }) => kind === 'calico');
  return calico?.daemonSet.containers.find(({ name }) => name === 'calico-node')?.env['CALICO_NETWORKING_BACKEND'];
}

const felixConfiguration = z.object({ spec: z.object({ vxlanPort: z.number().int().min(1).max(65_535).optional() }) });

/** Felix's configuration for all nodes; undefined where it says nothing of the port. */
export function configuredVxlanPort(resources: readonly CustomResource[]): {
  readonly port: number | undefined;
  readonly malformed: readonly string[];
} {
  const { objects, malformed } = parseObjects(resources, ['FelixConfiguration'], felixConfiguration);
  return { port: objects.find(({ name }) => name === 'default')?.spec.vxlanPort, malformed };
}
