import type { ConfigMap, CustomResource, DaemonSet, Node } from '#lib/model/kubernetes.ts';
import { type Cni, versionAtLeast } from '#lib/network/cni.ts';
import { enforcesPolicies } from '#lib/network/cni-releases/vpc-cni-features.ts';
import { kubeProxies, proxyMode, replacesKubeProxy } from '#lib/network/kube-proxy.ts';

/** Something in use that takes a kernel of its own. */
export interface KernelNeed {
  readonly daemonSet: DaemonSet;
  readonly feature: string;
  /** `5.10`. */
  readonly least: string;
  readonly source: string;
}

/** What is in use, and what could not be told, as clauses. */
export interface KernelNeeds {
  readonly needs: readonly KernelNeed[];
  readonly gaps: readonly string[];
}

export interface KernelSources {
  readonly cnis: readonly Cni[];
  readonly daemonSets: readonly DaemonSet[];
  readonly configMaps: readonly ConfigMap[] | undefined;
  readonly cniResources: readonly CustomResource[] | undefined;
}

export function kernelNeeds({ cnis, daemonSets, configMaps, cniResources }: KernelSources): KernelNeeds {
  const needs: KernelNeed[] = [];
  const gaps: string[] = [];
  for (const cni of cnis) {
    const { kind, daemonSet } = cni;
    if (kind === 'vpc-cni' && enforcesPolicies(daemonSet)) needs.push({ daemonSet, ...VPC_CNI_POLICIES });
    if (kind === 'cilium') {
      const need = ciliumNeed(cni);
      if (need === undefined) gaps.push('the kernel that Cilium needs is not known: its image tells no version');
      else needs.push({ daemonSet, ...need });
    }
    if (kind === 'calico') {
      const bpf = replacesKubeProxy([cni], configMaps, cniResources);
      if (bpf === 'yes') needs.push({ daemonSet, ...CALICO_BPF });
      if (bpf === 'unknown') gaps.push('whether Calico is in eBPF mode is not known: its FelixConfigurations were not read');
    }
  }
  for (const daemonSet of kubeProxies(daemonSets)) {
    if (proxyMode(daemonSet, configMaps) === 'nftables') needs.push({ daemonSet, ...NFTABLES });
  }
  return { needs, gaps };
}

const VPC_CNI_POLICIES = {
  feature: 'network policies of the VPC CNI',
  least: '5.10',
  source: 'Amazon EKS User Guide, "Limit Pod traffic with Kubernetes network policies", considerations',
};
const CALICO_BPF = {
  feature: "Calico's eBPF mode",
  least: '5.10',
  source: 'Calico documentation, "Enable the eBPF data plane", required',
};
const NFTABLES = {
  feature: 'nftables mode of kube-proxy',
  least: '5.13',
  source: 'Kubernetes documentation, "Virtual IPs and Service Proxies", nftables proxy mode',
};

/** Source: Cilium documentation, "System Requirements", of each version. */
const CILIUM: readonly { readonly since: string; readonly least: string }[] = [
  { since: '1.18.0', least: '5.10' },
  { since: '1.16.0', least: '5.4' },
  { since: '0.0.0', least: '4.19.57' },
];

/** @returns undefined where the image tells no version */
function ciliumNeed({ version }: Cni): Omit<KernelNeed, 'daemonSet'> | undefined {
  const row = CILIUM.find(({ since }) => versionAtLeast(version, since));
  return row && { feature: `Cilium ${version}`, least: row.least, source: 'Cilium documentation, "System Requirements"' };
}

/** `unknown`: the node states no version, or its vendor brings features of later kernels to an older one. */
export type KernelAnswer = 'new-enough' | 'too-old' | 'unknown';

/** Kernels of Red Hat Enterprise Linux 8 and its kin are 4.18 with much of later ones: the numbers do not tell. */
const BACKPORTED = /\.el\d/;

export function kernelAnswer({ kernelVersion }: Node, least: string): KernelAnswer {
  const enough = versionAtLeast(kernelVersion, least);
  if (enough === undefined) return 'unknown';
  if (enough) return 'new-enough';
  return BACKPORTED.test(kernelVersion ?? '') ? 'unknown' : 'too-old';
}
