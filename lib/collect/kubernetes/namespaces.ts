import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import { defineCollector, kubernetesLists } from '#lib/collect/sources.ts';

/** Every one, for the labels that a NetworkPolicy's namespaceSelector reads. */
export const namespaces = defineCollector({
  key: 'namespaces',
  needs: ['cluster'],
  permissions: kubernetesLists('', 'namespaces'),
  collect: ({ kubernetes }) =>
    kubernetes.list({ path: '/api/v1/namespaces', apiGroup: '', resource: 'namespaces' }, (item) => {
      const { name, labels } = metadata(item);
      return { name, labels };
    }),
});
