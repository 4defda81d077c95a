import { ACCOUNT_PERMISSIONS } from '#lib/collect/aws/assumed-role.ts';
import { READER_GROUP } from '#lib/collect/cluster-role.ts';
import { OPT_IN_PERMISSIONS, READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { DISCOVER_PERMISSIONS } from '#lib/discover/discover.ts';
import { ORGANIZATION_PERMISSIONS } from '#lib/discover/organization.ts';
import type { OptInSource } from '#lib/model/collector.ts';
import type { Permissions } from '#lib/model/permissions.ts';
import { readerManifest, sourceManifest } from '#lib/onboard/manifest.ts';
import { manifestText } from '#lib/onboard/manifest-text.ts';

const TRUST = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::HUB_ACCOUNT:role/HUB_ROLE' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': 'EXTERNAL_ID' } },
    },
  ],
};

const listed = ({ aws }: Permissions): string => aws.map(({ action }) => `\`${action}\``).join(', ');

/** What cniwatch must be allowed, from the declarations beside the code that uses it. */
export function permissionsPage(): string {
  const actions = [...new Set([...DISCOVER_PERMISSIONS.aws, ...READ_PERMISSIONS.aws].map(({ action }) => action))].sort();
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Sid: 'CniwatchReads', Effect: 'Allow', Action: actions, Resource: '*' }],
  };
  return `<!-- Written by \`npm run docs\` from the permissions that stand beside the code: edit those. -->

# Permissions

cniwatch reads; nothing here but an opt-in source lets it write to a cluster, and that only objects of its own, which it deletes again.
Nothing lets it write to a network. Where a grant is missing, the run goes on, what leans on the
missing data is \`unknown\`, and the message names the action or the verb to add.

## AWS

For the command line, on top of which nothing else is asked. The Lambda functions get theirs from the CDK app, with resources narrowed
where AWS allows it.

\`\`\`json
${JSON.stringify(policy, null, 2)}
\`\`\`

\`cniwatch check --publish-metrics\` needs \`cloudwatch:PutMetricData\` too, and may be held to the namespace \`CNIWatch\` by the condition key
\`cloudwatch:namespace\`.

### Several accounts

Each further account has a role with the policy above; here ${listed(ACCOUNT_PERMISSIONS)} on those roles is needed besides. Its trust policy names
this role, and the external id that cniwatch.yaml gives for the account:

\`\`\`json
${JSON.stringify(TRUST, null, 2)}
\`\`\`

The deployed hub may assume roles whose names begin with \`cniwatch-\`. An \`organization\` in cniwatch.yaml needs ${listed(ORGANIZATION_PERMISSIONS)},
in its management account or a delegated administrator's.

## Kubernetes

Lists, a few ConfigMaps by their names, and no Secrets. [\`cniwatch onboard\`](onboarding.md) grants all of this in one command, once for
each cluster; \`cniwatch onboard --print\` writes the same manifest. By hand: save this as \`cniwatch-reader.yaml\`:

\`\`\`yaml
${manifestText(readerManifest()).trimEnd()}
\`\`\`

Then let the role in. The cluster's authentication mode must be \`API\` or \`API_AND_CONFIG_MAP\`:

\`\`\`sh
kubectl apply -f cniwatch-reader.yaml
aws eks create-access-entry --cluster-name CLUSTER --principal-arn ROLE_ARN --kubernetes-groups ${READER_GROUP}
\`\`\`

In the mode \`CONFIG_MAP\`, map the role in \`kube-system/aws-auth\` to the group \`${READER_GROUP}\` instead.

## Opt-in sources

Read only where \`collect.optIn\` of cniwatch.yaml names them; a check that needs one that is not named is \`not-applicable\`.
A source that makes pods has a namespace of its own in its manifest, and where these pods see more than others do, a policy that
admits nothing else there: where \`probes\` of cniwatch.yaml names another namespace or image, change them here as well.
The canary's namespace is \`restricted\`, holds one run's pods at a time by its quota (raise it with \`canary.nodes\`), and has no NetworkPolicy, since
its pods are to meet what other pods meet.
${Object.entries(OPT_IN_PERMISSIONS).map(optInSection).join('')}`;
}

/** A ClusterRole of its own, bound to the same group: granting and revoking it leaves the reader's alone. */
function optInSection([source, { aws }]: [string, Permissions]): string {
  const actions = aws.map(({ action }) => `\`${action}\``).join(', ');
  return `
### ${source}
${actions ? `\nAWS: ${actions}.\n` : ''}
\`\`\`yaml
${manifestText(sourceManifest(source as OptInSource)).trimEnd()}
\`\`\`
`;
}
