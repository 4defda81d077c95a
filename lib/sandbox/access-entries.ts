import { AwsError } from '#lib/sandbox/aws-error.ts';
import type { EksAnswer } from '#lib/sandbox/eks.ts';
import type { JsonObject, World, WorldCluster } from '#lib/sandbox/world.ts';

interface AccessEntry extends JsonObject {
  readonly principalArn: string;
  readonly kubernetesGroups: readonly string[];
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The entries of every cluster of a world, by cluster and principal. */
export type AccessEntries = Map<string, Map<string, AccessEntry>>;

/** As they are when a world begins to be served. */
export function accessEntriesOf({ clusters }: World): AccessEntries {
  return new Map(
    clusters.map(({ name, accessEntries = [] }) => [
      name,
      new Map(accessEntries.map((entry) => [entry.principalArn, { type: 'STANDARD', tags: {}, ...entry }])),
    ]),
  );
}

interface EntryRequest {
  readonly cluster: () => WorldCluster;
  readonly method: string;
  readonly principal: string | undefined;
  readonly below: string | undefined;
  readonly body: string;
}

/** Create-, Describe-, Update- and DeleteAccessEntry, ListAssociatedAccessPolicies. Source: Amazon EKS API Reference. */
export function routeAccessEntry(
  entries: AccessEntries,
  { cluster, method, principal, below, body }: EntryRequest,
): EksAnswer | undefined {
  const own = (): Map<string, AccessEntry> => {
    const { name, eks } = cluster();
    const { authenticationMode } = (eks['accessConfig'] ?? {}) as { readonly authenticationMode?: string };
    if (authenticationMode === 'CONFIG_MAP')
      throw new AwsError(
        'InvalidRequestException',
        "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
        400,
      );
    const found = entries.get(name) ?? new Map<string, AccessEntry>();
    entries.set(name, found);
    return found;
  };
  const one = (): AccessEntry => {
    const found = own().get(principal ?? '');
    if (found === undefined)
      throw new AwsError(
        'ResourceNotFoundException',
        `The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.`,
        404,
      );
    return found;
  };
  const keep = (entry: AccessEntry): JsonObject => {
    own().set(entry.principalArn, entry);
    return { accessEntry: { ...entry, clusterName: cluster().name } };
  };
  if (principal === undefined) {
    return method === 'POST' ? { operation: 'CreateAccessEntry', answer: () => keep(created(own(), body)) } : undefined;
  }
  if (below === 'access-policies' && method === 'GET')
    return { operation: 'ListAssociatedAccessPolicies', answer: () => policiesOf(one()) };
  switch (method) {
    case 'GET':
      return { operation: 'DescribeAccessEntry', answer: () => ({ accessEntry: { ...one(), clusterName: cluster().name } }) };
    case 'POST':
      return { operation: 'UpdateAccessEntry', answer: () => keep({ ...one(), ...JSON.parse(body) }) };
    case 'DELETE':
      return {
        operation: 'DeleteAccessEntry',
        answer: () => {
          own().delete(one().principalArn);
          return {};
        },
      };
    default:
      return undefined;
  }
}

function created(own: ReadonlyMap<string, AccessEntry>, body: string): AccessEntry {
  const { principalArn = '', kubernetesGroups = [], type = 'STANDARD', tags = {} } = JSON.parse(body) as Partial<AccessEntry>;
  if (!/^arn:[^:]+:iam::\d{12}:(role|user)\//.test(principalArn))
    throw new AwsError('InvalidParameterException', 'The specified principalArn is invalid: invalid principal.', 400);
  if (own.has(principalArn))
    throw new AwsError('ResourceInUseException', 'The specified access entry resource is already in use on this cluster.', 409);
  return { principalArn, kubernetesGroups, type, tags, username: principalArn };
}

function policiesOf({ policies = [] }: AccessEntry): JsonObject {
  return { associatedAccessPolicies: (policies as readonly string[]).map((policyArn) => ({ policyArn })) };
}
