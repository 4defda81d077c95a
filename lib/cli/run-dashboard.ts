import { CHECKS } from '#lib/checks/index.ts';
import { resolveRegion } from '#lib/cli/aws.ts';
import type { DashboardOptions } from '#lib/cli/dashboard.ts';
import { EXIT } from '#lib/cli/exit-code.ts';
import type { System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { accountId, clusterPattern, region as regionCode } from '#lib/config/names.ts';
import { cloudWatchBody } from '#lib/publish/dashboard/cloudwatch-body.ts';
import { clusterDashboard } from '#lib/publish/dashboard/cluster-dashboard.ts';
import { fleetDashboard } from '#lib/publish/dashboard/fleet-dashboard.ts';
import { grafanaDashboard } from '#lib/publish/dashboard/grafana-dashboard.ts';

/** Seconds: what a run every five minutes publishes is one point each. */
const PERIOD = 300;

/** @throws UsageError for what cannot be the name of a cluster, a Region, an account or a subnet */
export async function runDashboardCommand(options: DashboardOptions, { stdout }: Pick<System, 'stdout'>): Promise<number> {
  await stdout.write(`${JSON.stringify(await dashboard(options), undefined, 2)}\n`);
  return EXIT.ok;
}

async function dashboard({ cluster, account, subnet, hubRegion, grafana, ...options }: DashboardOptions): Promise<object> {
  const ofCluster = { '--cluster': cluster, '--account': account, '--subnet': subnet };
  const [stray] = Object.entries(ofCluster).find(([, value]) => value !== undefined) ?? [];
  if (grafana) {
    if (stray !== undefined) throw new UsageError(`--grafana is for every cluster, chosen in Grafana: leave ${stray} out`);
    return grafanaDashboard(CHECKS);
  }
  const region = await resolveRegion(options.region);
  requireValid('--region', region, regionCode);
  if (hubRegion !== undefined) requireValid('--hub-region', hubRegion, regionCode);
  const view = { region: hubRegion ?? region, period: PERIOD };
  if (cluster === undefined) {
    if (stray !== undefined) throw new UsageError(`${stray} is for the dashboard of one cluster: give --cluster too`);
    return cloudWatchBody(fleetDashboard(), view);
  }
  if (cluster.includes('*'))
    throw new UsageError(`${cluster} is no name of one cluster; without --cluster the dashboard is of the fleet`);
  requireValid('--cluster', cluster, clusterPattern);
  if (account !== undefined) requireValid('--account', account, accountId);
  const odd = subnet?.find((id) => !/^subnet-[0-9a-z]+$/.test(id));
  if (odd !== undefined) throw new UsageError(`${odd} is not the id of a subnet, as subnet-0a1b2c3d`);
  return cloudWatchBody(clusterDashboard(CHECKS, { cluster, region, account, subnets: subnet }), view);
}

function requireValid(option: string, value: string, schema: Pick<typeof regionCode, 'safeParse'>): void {
  const { error } = schema.safeParse(value);
  if (error) throw new UsageError(`${option} ${value}: ${error.issues[0]?.message}`);
}
