import type { CniKind } from '#lib/network/cni.ts';
import { isFields, type NetworkConfig, type Plugin } from '#lib/network/cni-config/network-config.ts';

/** Plugins that call others which their configuration need not name. Source: flannel-io/cni-plugin flannel_linux.go. */
const CALLS: Readonly<Record<string, readonly string[]>> = { flannel: ['bridge', 'host-local'] };
/** What the container runtime itself calls for every pod. Source: containerd/go-cni opts.go, WithLoNetwork. */
const EVERY_POD = 'loopback';
/** Whose agent a plugin asks. Sources: the CNI configuration that each project installs. */
const KINDS: Readonly<Record<string, CniKind>> = {
  'aws-cni': 'vpc-cni',
  'cilium-cni': 'cilium',
  calico: 'calico',
  flannel: 'flannel',
};
/** Plugins that hand pods on to other configurations, which lie beside their own by design. */
const META = /^multus(-shim)?$/;

/** Names of the binaries that connecting a pod by this network takes. */
export function neededBinaries({ plugins }: NetworkConfig): readonly string[] {
  return [...new Set([...plugins.flatMap(binariesOf), EVERY_POD])];
}

function binariesOf({ type, ipamType, fields }: Plugin): readonly string[] {
  return [type, ...(ipamType ? [ipamType] : []), ...(CALLS[type] ?? []), ...delegatesOf(fields['delegates'])];
}

/** Of Multus, whose delegates are whole configurations. Source: multus-cni docs/configuration.md. */
function delegatesOf(delegates: unknown): readonly string[] {
  if (!Array.isArray(delegates)) return [];
  return delegates.filter(isFields).flatMap((delegate) => {
    const inner = Array.isArray(delegate['plugins']) ? delegate['plugins'].filter(isFields) : [delegate];
    return inner.flatMap(({ type, ipam }) => [type, isFields(ipam) ? ipam['type'] : undefined]).filter(isName);
  });
}

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** The CNIs whose agents its plugins ask. */
export function kindsOf({ plugins }: NetworkConfig): readonly CniKind[] {
  return [...new Set(plugins.flatMap(({ type }) => (Object.hasOwn(KINDS, type) ? (KINDS[type] ?? []) : [])))];
}

/** Whether a second configuration beside the first is as it was meant: Multus calls it, the first chains on its plugin, or it is the loopback's. */
export function isMeantBeside(first: NetworkConfig, second: NetworkConfig): boolean {
  const types = first.plugins.map(({ type }) => type);
  const [main] = second.plugins;
  return types.some((type) => META.test(type)) || main?.type === EVERY_POD || (main !== undefined && types.includes(main.type));
}

/** Kubeconfigs that its plugins are told to use, by their path below /etc/cni/net.d; those elsewhere are left out. */
export function namedKubeconfigs({ plugins }: NetworkConfig): readonly string[] {
  const paths = plugins.flatMap(({ fields }) => {
    const { kubernetes } = fields;
    return [fields['kubeconfig'], isFields(kubernetes) ? kubernetes['kubeconfig'] : undefined].filter(isName);
  });
  return [...new Set(paths.flatMap((path) => /^\/etc\/cni\/net\.d\/+(.+)$/.exec(path)?.[1] ?? []))];
}
