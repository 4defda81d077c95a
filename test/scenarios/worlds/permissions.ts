/** Rights that the CNI's agents have lost: one function each. */
import { withCluster, withObjects } from './cni.ts';
import { shop } from './shop.ts';

/** RBAC grants aws-node all but these. */
export const withoutRights = (...rights: readonly string[]) =>
  withCluster(shop(), () => ({ refusedTo: { 'kube-system/aws-node': rights } }));

/** Nobody lets cniwatch ask what others may do. */
export const askingRefused = () => withCluster(shop(), () => ({ forbidden: ['create subjectaccessreviews'] }));

/** ipamd of one node says that AWS refused it an action, two minutes ago. */
export const awsRefuses = (action: string) => {
  const world = shop();
  const agents = world.clusters[0]?.kubernetes.find(({ apiVersion, plural }) => apiVersion === 'v1' && plural === 'pods')?.items;
  const agent = agents?.find(({ metadata }) => metadata.name.startsWith('aws-node'));
  const at = new Date(Date.now() - 2 * 60_000).toISOString();
  return withObjects(world, 'events', (items) => [
    ...items,
    {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'aws-node.iam', namespace: 'kube-system', creationTimestamp: at },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name: agent?.metadata.name, namespace: 'kube-system' },
      reason: 'MissingIAMPermissions',
      message: `Unauthorized operation: failed to call ${action} due to missing permissions.`,
      type: 'Warning',
      source: { component: 'aws-node' },
      count: 1,
      firstTimestamp: at,
      lastTimestamp: at,
    },
  ]);
};
