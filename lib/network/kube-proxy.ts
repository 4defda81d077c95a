import type { ConfigMap, CustomResource, DaemonSet } from '#lib/model/kubernetes.ts';
import { type Cni, imageTag } from '#lib/network/cni.ts';
import { commandFlag } from '#lib/network/command-flag.ts';

const CONTAINER = 'kube-proxy';

/** Every DaemonSet that runs kube-proxy: one a Windows group may have beside that of Linux. */
export function kubeProxies(daemonSets: readonly DaemonSet[]): readonly DaemonSet[] {
  return daemonSets.filter(({ containers }) => containers.some(({ name, init }) => !init && name === CONTAINER));
}

/** Of the image that a container of this name runs. */
export function kubeProxyVersion(containers: readonly { readonly name: string; readonly image: string }[]): string | undefined {
  const image = containers.find(({ name }) => name === CONTAINER)?.image;
  return image === undefined ? undefined : imageTag(image);
}

/** `1.33` as 33; undefined where the text is no version of Kubernetes 1. */
export function kubernetesMinor(version: string | undefined): number | undefined {
  const minor = /^v?1\.(\d+)/.exec(version ?? '')?.[1];
  return minor === undefined ? undefined : Number(minor);
}

/**
 * A flag, else the ConfigMap of EKS; an empty mode is iptables on Linux. Undefined where neither was read.
 * Source: Kubernetes documentation, "kube-proxy" (--proxy-mode) and "kube-proxy Configuration (v1alpha1)" (mode).
 */
export function proxyMode({ containers }: DaemonSet, configMaps: readonly ConfigMap[] | undefined): string | undefined {
  const args = containers.find(({ name }) => name === CONTAINER)?.args ?? [];
  const flag = commandFlag(args, 'proxy-mode');
  if (flag !== undefined) return flag || 'iptables';
  const config = configMaps?.find(({ name }) => name === 'kube-proxy-config')?.data?.['config'];
  if (config === undefined) return undefined;
  return /^mode:\s*["']?(\w*)/m.exec(config)?.[1] || 'iptables';
}

export type Replacement = 'yes' | 'no' | 'unknown';

/**
 * Whether a CNI does kube-proxy's work itself.
 * Sources: Cilium documentation, "Kubernetes Without kube-proxy" (kube-proxy-replacement: true, before 1.14 also strict and partial);
 * Calico documentation, "Felix configuration" (bpfEnabled).
 */
export function replacesKubeProxy(
  cnis: readonly Cni[],
  configMaps: readonly ConfigMap[] | undefined,
  resources: readonly CustomResource[] | undefined,
): Replacement {
  const answers = cnis.map(({ kind, daemonSet }): Replacement => {
    if (kind === 'cilium') return ciliumReplaces(daemonSet, configMaps);
    if (kind !== 'calico') return 'no';
    if (resources === undefined) return 'unknown';
    return resources.some((resource) => resource.kind === 'FelixConfiguration' && isBpf(resource.spec)) ? 'yes' : 'no';
  });
  return answers.find((answer) => answer === 'yes') ?? answers.find((answer) => answer === 'unknown') ?? 'no';
}

function ciliumReplaces({ containers }: DaemonSet, configMaps: readonly ConfigMap[] | undefined): Replacement {
  const config = configMaps?.find(({ name }) => name === 'cilium-config');
  const flag = containers.map(({ args }) => commandFlag(args, 'kube-proxy-replacement')).find((value) => value !== undefined);
  const value = flag ?? config?.data?.['kube-proxy-replacement'];
  if (value === undefined) return 'unknown';
  return value === 'true' || value === 'strict' ? 'yes' : 'no';
}

const isBpf = (spec: unknown): boolean =>
  typeof spec === 'object' && spec !== null && 'bpfEnabled' in spec && spec.bpfEnabled === true;
