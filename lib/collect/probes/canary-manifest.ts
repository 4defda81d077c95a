import type { CanarySettings } from '#lib/model/canary-settings.ts';

/**
 * The canary's namespace, to be applied before its Role: `restricted`, and with room for one run alone, however many begin at once.
 * There is no NetworkPolicy: the canary is to meet what other pods meet.
 * Sources: Kubernetes documentation, "Pod Security Admission", "Resource Quotas".
 */
export function canaryManifest({ namespace, nodes, podToPod }: CanarySettings): readonly object[] {
  const labels = Object.fromEntries(
    ['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted'] as const),
  );
  const servers = podToPod ? 1 : 0;
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } },
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'cniwatch-canary', namespace },
      spec: {
        hard: {
          pods: String(nodes + servers),
          services: String(servers),
          'services.nodeports': '0',
          'services.loadbalancers': '0',
        },
      },
    },
  ];
}
