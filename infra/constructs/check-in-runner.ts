import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CustomState } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { runnerName } from '#lib/discover/runner.ts';

/** Of every runner: its function and the role that lets a state machine of another account invoke it. */
const RUNNERS = runnerName('*');

/** Where a target names a runner: JSONata. */
export const HAS_RUNNER = '{% $exists($states.input.target.runner) %}';
export const HAS_RUNNER_ELSEWHERE = '{% $exists($states.input.target.runner.roleArn) %}';

/**
 * check-cluster in a function inside the cluster's VPC, which the target names. One of another account is invoked by a role there.
 * Source: Step Functions developer guide, "Accessing resources in other AWS accounts".
 */
export function checkInRunner(scope: Construct, { name, elsewhere, otherwise }: CheckInRunnerProps): CustomState {
  return new CustomState(scope, name, {
    stateJson: {
      Type: 'Task',
      QueryLanguage: 'JSONata',
      Comment: 'The same function, in subnets of the cluster that the hub cannot reach',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: {
        FunctionName: '{% $states.input.target.runner.functionArn %}',
        Payload: { runId: '{% $states.input.runId %}', target: '{% $states.input.target %}' },
      },
      ...(elsewhere ? { Credentials: { RoleArn: '{% $states.input.target.runner.roleArn %}' } } : {}),
      Output: '{% $states.result.Payload.outcome %}',
      // Without an output of its own, the next state would get the error.
      Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.input %}', Next: otherwise }],
    },
  });
}

export interface CheckInRunnerProps {
  readonly name: string;
  /** In another account. */
  readonly elsewhere: boolean;
  /** The state for a runner that is not there, or broke: what can be seen without it is judged, and the rest is unknown. */
  readonly otherwise: string;
}

/** What the state machine needs for it. Runners are made apart from the hub, and found by their names. */
export function runnerStatements(stack: Stack): PolicyStatement[] {
  const lambda = stack.formatArn({ service: 'lambda', resource: `function:${RUNNERS}` });
  const role = stack.formatArn({ service: 'iam', region: '', account: '*', resource: `role/${RUNNERS}` });
  return [
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [lambda] }),
    new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [role] }),
  ];
}
