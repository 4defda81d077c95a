import { resolveRegion, useProfile } from '#lib/cli/aws.ts';
import type { OnboardOptions } from '#lib/cli/onboard.ts';
import type { System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { awsClients } from '#lib/collect/aws/clients.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import type { Config } from '#lib/config/config.ts';
import { roleArn, type Target } from '#lib/model/target.ts';
import { accessEntries } from '#lib/onboard/access-entries.ts';
import { roleOf } from '#lib/onboard/access-entry.ts';
import { describeCluster, enterCluster } from '#lib/onboard/enter.ts';
import type { Onboarding } from '#lib/onboard/steps.ts';

interface AdministeredCluster extends AsyncDisposable {
  readonly target: Target;
  readonly onboarding: Omit<Onboarding, 'manifest'>;
}

/** One cluster, entered with the credentials at hand, which have to administer it. @throws UsageError, ReadFailure */
export async function administeredCluster(
  options: OnboardOptions,
  config: Pick<Config, 'accounts'>,
  { signal }: System,
): Promise<AdministeredCluster> {
  const { cluster: name } = options;
  if (name === undefined) throw new UsageError('which cluster? Give --cluster NAME');
  useProfile(options.profile);
  const region = await resolveRegion(options.region);
  const { eks } = awsClients({ region });
  const described = await describeCluster(eks, name);
  const account = described.arn.split(':')[4] ?? '';
  const target = { account, region, name, arn: described.arn };
  const principalArn = principal(options.role, target, config);
  const kubernetes = await accessOf(options, target, eks.config.credentials);
  const cluster = await enterCluster(described, { kubernetes, signal });
  return {
    target,
    onboarding: {
      cluster,
      entries: accessEntries(eks, { clusterName: name, principalArn }),
      authenticationMode: described.authenticationMode,
      roleArn: principalArn,
    },
    [Symbol.asyncDispose]: async () => cluster.connection.close(),
  };
}

async function accessOf(
  { kubeconfig: path, context }: OnboardOptions,
  target: Target,
  credentials: Parameters<typeof eksAccess>[0]['credentials'],
) {
  if (path === undefined && context === undefined) return eksAccess({ target, credentials });
  const { kubeconfigAccess } = await import('#lib/collect/kubernetes/kubeconfig-access.ts');
  return kubeconfigAccess({ ...(path && { path }), ...(context && { context }) });
}

/** Who is to be let in: never whoever runs this, which is an administrator. */
function principal(given: string | undefined, { account, region }: Target, { accounts }: Pick<Config, 'accounts'>): string {
  const role = given ?? accounts.find(({ id }) => id === account)?.role;
  if (role === undefined)
    throw new UsageError(
      "which role is to be let in? Give --role ARN: the hub's output ReaderRoleArn, or the role that you run cniwatch check with",
    );
  const arn = role.startsWith('arn:') ? roleOf(role) : roleArn(account, region, role);
  if (arn !== undefined) return arn;
  throw new UsageError(`--role ${role} is not the ARN of an IAM role`);
}
