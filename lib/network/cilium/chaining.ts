import { asClause } from '#lib/model/failure.ts';
import type { DaemonSet } from '#lib/model/kubernetes.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import { commandFlag } from '#lib/network/command-flag.ts';

/** Whether Cilium leaves the pods' interfaces and addresses to another plugin, by the mode that it chains in. */
export type CiliumChaining =
  | { readonly kind: 'chained'; readonly mode: string }
  | { readonly kind: 'alone' }
  /** A clause. */
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * Any mode but `none` chains. The agent's own flag goes before the ConfigMap, which it reads as a directory of files.
 * Sources: Cilium documentation, "CNI Chaining" and "AWS VPC CNI plugin" (cni-chaining-mode: aws-cni); "cilium-agent" command reference.
 */
export function ciliumChaining(daemonSet: DaemonSet, configMaps: Slices['configMaps']): CiliumChaining {
  const { containers } = daemonSet;
  const flag = containers.map(({ args }) => commandFlag(args, 'cni-chaining-mode')).find((value) => value !== undefined);
  const data = flag === undefined ? ciliumConfigData(daemonSet, configMaps) : {};
  if (typeof data === 'string') return { kind: 'unknown', reason: `cilium-config was not read: ${data}` };
  const mode = flag ?? data['cni-chaining-mode'] ?? 'none';
  return mode === 'none' || mode === '' ? { kind: 'alone' } : { kind: 'chained', mode };
}

/** The agent's ConfigMap, which stands in its own namespace; or a clause that says why it was not read. */
export function ciliumConfigData(
  { namespace }: DaemonSet,
  configMaps: Slices['configMaps'],
): Readonly<Record<string, string>> | string {
  if (!configMaps.ok) return asClause(configMaps.reason);
  const config = configMaps.data.find((one) => one.name === 'cilium-config' && one.namespace === namespace);
  return config?.data ?? (config?.unread ? asClause(config.unread) : 'there is none beside the agent');
}
