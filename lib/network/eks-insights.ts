import type { Insight } from '#lib/model/eks.ts';

/** Names of upgrade insights that are about what carries the network of pods. Source: the output of `aws eks list-insights`. */
const ABOUT = /\b(kubelet|kube-proxy|add-?ons?|CNI|DNS|network\w*|subnets?|cluster health)\b/i;

/**
 * Configuration insights are all about the networks of hybrid nodes; deprecated APIs and the like are nobody's business here.
 * Source: Amazon EKS User Guide, "Prepare for Kubernetes version upgrades and troubleshoot misconfigurations with cluster insights".
 */
export function concernsNetworking({ category, name }: Pick<Insight, 'category' | 'name'>): boolean {
  return category === 'MISCONFIGURATION' || ABOUT.test(name);
}
