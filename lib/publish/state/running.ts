import { DescribeExecutionCommand, ExecutionDoesNotExist, type SFNClient } from '@aws-sdk/client-sfn';

/**
 * Whether a run is still under way, by its execution. `execution` is the ARN of another execution of the same state machine, from which
 * the run's own follows: the id of a run ends in the name of its execution.
 * @throws whatever the client throws, but for an execution that is not known any more
 */
export async function isRunning(sfn: SFNClient, execution: string, runId: string): Promise<boolean> {
  const name = /^\d{4}-\d\d-\d\dT[\d.]+Z-(.+)$/.exec(runId)?.[1];
  if (name === undefined) return false;
  const executionArn = [...execution.split(':').slice(0, -1), name].join(':');
  try {
    const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return status === 'RUNNING' || status === 'PENDING_REDRIVE';
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return false;
    throw error;
  }
}
