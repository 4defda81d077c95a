import { Command } from 'commander';
import { names } from '#lib/cli/arguments.ts';
import type { System } from '#lib/cli/system.ts';

export interface DashboardOptions {
  readonly cluster?: string;
  readonly region?: string;
  readonly account?: string;
  readonly subnet?: readonly string[];
  readonly hubRegion?: string;
  readonly grafana?: true;
}

const EXAMPLES = `
Nothing is read or written: the dashboard finds its metrics when it is looked at, by what cniwatch publishes.

Examples:
  cniwatch dashboard --cluster shop-prod --region eu-west-1 > shop-prod.json
  aws cloudwatch put-dashboard --dashboard-name shop-prod --dashboard-body file://shop-prod.json
  cniwatch dashboard --grafana > cniwatch.json    (then import it in Grafana, with a CloudWatch data source)`;

/** `cniwatch dashboard`. */
export function dashboardCommand(system: System, done: (exitCode: number) => void): Command {
  return new Command('dashboard')
    .description('print a dashboard of one cluster for CloudWatch, of the whole fleet without --cluster, or of both for Grafana')
    .addHelpText('after', EXAMPLES)
    .option('--cluster <name>', 'EKS cluster')
    .option('--region <region>', 'Region of the cluster (default: AWS_REGION, AWS_DEFAULT_REGION, the profile)')
    .option('--account <id>', 'account of the cluster, where clusters of one name stand in several')
    .option('--subnet <id>', "subnets of the cluster, by commas or by repeating (default: the Region's fullest)", names)
    .option('--hub-region <region>', 'where cniwatch is deployed and publishes (default: the Region of the cluster)')
    .option('--grafana', "a dashboard for Grafana's CloudWatch data source")
    .action(async (options: DashboardOptions) => {
      const { runDashboardCommand } = await import('#lib/cli/run-dashboard.ts');
      done(await runDashboardCommand(options, system));
    });
}
