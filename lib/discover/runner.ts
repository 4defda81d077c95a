import type { Cluster } from '@aws-sdk/client-eks';
import { roleArn, type Target, type TargetRunner } from '#lib/model/target.ts';

/** A function in a VPC, as cniwatch.yaml has it. */
export interface RunnerEntry {
  readonly vpc: string;
  readonly region: string;
  /** The hub's where it is not said. */
  readonly account?: string | undefined;
}

export interface Runners {
  readonly entries: readonly RunnerEntry[];
  /** Where the state machine is that invokes them. */
  readonly hub: { readonly account: string; readonly region: string };
}

/** The function, and its role, in a VPC. Deterministic: the hub finds by it what was deployed apart from it. */
export function runnerName(vpc: string): string {
  return `cniwatch-runner-${vpc}`;
}

/** The role by which a hub in another account invokes the function. */
export function runnerInvokerName(vpc: string): string {
  return `cniwatch-runner-invoke-${vpc}`;
}

/**
 * The target with the runner that checks it: where the hub, which has no fixed address, cannot reach the API server, and its VPC has a
 * runner. Step Functions invokes functions of its own Region only (developer guide, "Call other AWS services", Lambda).
 */
export function withRunner(target: Target, cluster: Pick<Cluster, 'resourcesVpcConfig'> | undefined, runners: Runners): Target {
  const { entries, hub } = runners;
  const { vpcId } = cluster?.resourcesVpcConfig ?? {};
  if (isOpen(cluster) || target.region !== hub.region) return target;
  const entry = entries.find((one) => one.vpc === vpcId && one.region === hub.region);
  if (entry === undefined) return target;
  return { ...target, runner: runnerIn(entry.account ?? hub.account, entry, hub.account) };
}

/**
 * The role by which a function enters the target's account: none for a runner of that account, whose own role reads there. The hub, where
 * it checks in place of a runner, needs it: its own credentials would find a cluster of the same name in its own account.
 * `functionName` is Lambda's AWS_LAMBDA_FUNCTION_NAME.
 */
export function roleFrom({ account, role, runner }: Target, functionName: string | undefined): Target['role'] {
  const [, , , , runnerAccount, , runnerFunction] = runner?.functionArn.split(':') ?? [];
  const isHere = functionName !== undefined && functionName === runnerFunction;
  return isHere && runnerAccount === account ? undefined : role;
}

function runnerIn(account: string, { vpc, region }: RunnerEntry, hubAccount: string): TargetRunner {
  const [, partition] = roleArn(account, region, 'any').split(':');
  const functionArn = `arn:${partition}:lambda:${region}:${account}:function:${runnerName(vpc)}`;
  return account === hubAccount ? { functionArn } : { functionArn, roleArn: roleArn(account, region, runnerInvokerName(vpc)) };
}

/** Whether the hub reaches it. What EKS does not say is public and open: its defaults (EKS API reference, VpcConfigRequest). */
function isOpen(cluster: Pick<Cluster, 'resourcesVpcConfig'> | undefined): boolean {
  const { endpointPublicAccess = true, publicAccessCidrs = [] } = cluster?.resourcesVpcConfig ?? {};
  if (!endpointPublicAccess) return false;
  return publicAccessCidrs.length === 0 || publicAccessCidrs.includes('0.0.0.0/0');
}
