import { Command } from 'commander';
import { names } from '#lib/cli/arguments.ts';
import type { System } from '#lib/cli/system.ts';

export interface OnboardOptions {
  readonly cluster?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly config?: string;
  readonly role?: string;
  /** Opt-in sources, or `all`. */
  readonly with?: readonly string[];
  readonly print?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly forceConflicts?: boolean;
}

const EXAMPLES = `
It asks before it writes. Run it with credentials that administer the cluster: those at hand, or a kubeconfig's.

Exit codes: 0 done, 3 not done, 64 wrong usage.

Examples:
  cniwatch onboard --cluster shop-prod --region eu-west-1 --role arn:aws:iam::111122223333:role/cniwatch-reader
  cniwatch onboard --cluster shop-prod --role ROLE_ARN --with nodeProbes,canary --yes
  cniwatch onboard --print | kubectl apply -f -`;

/** `cniwatch onboard`; the code that does it is loaded only when it runs. */
export function onboardCommand(system: System, done: (exitCode: number) => void): Command {
  const command = new Command('onboard')
    .description('let cniwatch read a cluster: an access entry for its role, and the ClusterRole of its group')
    .addHelpText('after', EXAMPLES);
  return addOnboardingOptions(command)
    .option('--with <source>', 'opt-in sources to allow besides, or all (default: collect.optIn of the configuration)', names)
    .option('--print', 'write the manifest, and change nothing')
    .option('--force-conflicts', 'take over fields of these objects that somebody else set otherwise')
    .action(async (options: OnboardOptions) => {
      const { runOnboard } = await import('#lib/cli/run-onboard.ts');
      done(await runOnboard(options, system));
    });
}

export function addOnboardingOptions(command: Command): Command {
  return command
    .option('--cluster <name>', 'EKS cluster')
    .option('--region <region>', 'AWS Region (default: AWS_REGION, AWS_DEFAULT_REGION, the profile)')
    .option('--profile <name>', 'AWS profile (default: AWS_PROFILE)')
    .option('--kubeconfig <file>', 'enter the cluster by this kubeconfig, not by its EKS endpoint')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--config <file>', 'configuration (default: cniwatch.yaml, where there is one)')
    .option(
      '--role <arn>',
      "the role that cniwatch reads with: the hub's ReaderRoleArn (default: the account's in the configuration)",
    )
    .option('--dry-run', 'say what would be done, let the API server try it, and change nothing')
    .option('--yes', 'do not ask');
}
