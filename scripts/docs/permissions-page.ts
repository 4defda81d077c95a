import { stringify } from 'yaml';
import { clusterRole } from '#lib/collect/cluster-role.ts';
import { READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { DISCOVER_PERMISSIONS } from '#lib/discover/discover.ts';

/** The group that an access entry puts the reader into, and the name of its ClusterRole. */
const GROUP = 'cniwatch-readers';

/** What cniwatch must be allowed, from the declarations beside the code that uses it. */
export function permissionsPage(): string {
  const actions = [...new Set([...DISCOVER_PERMISSIONS.aws, ...READ_PERMISSIONS.aws].map(({ action }) => action))].sort();
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Sid: 'CniwatchReads', Effect: 'Allow', Action: actions, Resource: '*' }],
  };
  const role = clusterRole(GROUP, READ_PERMISSIONS.kubernetes)
    .map((object) => stringify(object, { flowCollectionPadding: false }))
    .join('---\n');
  return `<!-- Written by \`npm run docs\` from the permissions that stand beside the code: edit those. -->

# Permissions

cniwatch reads; nothing here lets it write to a cluster or to its network. Where a grant is missing, the run goes on, what leans on the
missing data is \`unknown\`, and the message names the action or the verb to add.

## AWS

For the command line, on top of which nothing else is asked. The Lambda functions get theirs from the CDK app, with resources narrowed
where AWS allows it.

\`\`\`json
${JSON.stringify(policy, null, 2)}
\`\`\`

\`cniwatch check --publish-metrics\` needs \`cloudwatch:PutMetricData\` too, and may be held to the namespace \`CNIWatch\` by the condition key
\`cloudwatch:namespace\`.

## Kubernetes

Lists only, and no Secrets. Save this as \`cniwatch-reader.yaml\`:

\`\`\`yaml
${role.trimEnd()}
\`\`\`

Then let the role in, once for each cluster. The cluster's authentication mode must be \`API\` or \`API_AND_CONFIG_MAP\`:

\`\`\`sh
kubectl apply -f cniwatch-reader.yaml
aws eks create-access-entry --cluster-name CLUSTER --principal-arn ROLE_ARN --kubernetes-groups ${GROUP}
\`\`\`

In the mode \`CONFIG_MAP\`, map the role in \`kube-system/aws-auth\` to the group \`${GROUP}\` instead.
`;
}
