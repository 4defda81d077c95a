/** What the metrics server says of the CNI's agents. */

import { withCluster } from './cni.ts';
import { shop } from './shop.ts';

/** Each of four agents uses so many MiB, but for some by the ordinal of their node. */
export const agentsUse = (each: number, of: Readonly<Record<number, number>> = {}) =>
  shop({ cluster: { agentMebibytes: { each, of } } });

/** RBAC lets nobody read what pods use. */
export const memoryRefused = () => withCluster(agentsUse(60), () => ({ forbidden: ['pods.metrics.k8s.io'] }));

/** The metrics server knows of no agent. */
export const nothingMeasured = () =>
  withCluster(agentsUse(60), ({ kubernetes }) => ({
    kubernetes: kubernetes.map((resource) =>
      resource.apiVersion.startsWith('metrics.k8s.io/') ? { ...resource, items: [] } : resource,
    ),
  }));
