import { expect, test } from 'vitest';
import { concernsNetworking } from '#lib/network/eks-insights.ts';

test.each<[string, string, boolean]>([
  ['UPGRADE_READINESS', 'Kubelet version skew', true],
  ['UPGRADE_READINESS', 'kube-proxy version skew', true],
  ['UPGRADE_READINESS', 'EKS add-on version compatibility', true],
  ['UPGRADE_READINESS', 'Cluster health issues', true],
  ['UPGRADE_READINESS', 'Amazon VPC CNI network policy', true],
  ['UPGRADE_READINESS', 'Amazon Linux 2 compatibility', false],
  ['UPGRADE_READINESS', 'Deprecated APIs removed in Kubernetes v1.32', false],
  ['MISCONFIGURATION', 'Remote pod networks', true],
  ['MISCONFIGURATION', 'anything of hybrid nodes', true],
])('the %s insight "%s": %s', (category, name, concerned) => {
  expect(concernsNetworking({ category, name })).toBe(concerned);
});
