import type { Construct } from 'constructs';
import { RunnerStack } from '#infra/runner-stack.ts';
import type { Runner } from '#lib/config/runners.ts';

/**
 * A stack for each runner of the configuration.
 * @throws Error for one in another Region than the hub: Step Functions invokes functions of its own Region only
 */
export function runnerStacks(
  scope: Construct,
  {
    runners,
    bundle,
    hubRegion,
  }: { readonly runners: readonly Runner[]; readonly bundle: string; readonly hubRegion: string | undefined },
): readonly RunnerStack[] {
  const home = hubRegion ?? runners[0]?.region;
  return runners.map((runner) => {
    const { vpc, region, account } = runner;
    if (region !== home)
      throw new Error(
        `the runner of ${vpc} is in ${region}, and the hub in ${home}: a state machine invokes functions of its own Region only. Deploy a hub in ${region} for the clusters there.`,
      );
    const env = account === undefined ? {} : { env: { account, region } };
    const description = `cniwatch: checks clusters inside ${vpc}`;
    return new RunnerStack(scope, `CniwatchRunner-${vpc}`, { ...env, description, runner, bundle });
  });
}
