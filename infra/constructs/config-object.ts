import { DefaultStackSynthesizer, Stack, Validations } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import type { Construct } from 'constructs';
import { acknowledgeWildcards } from '#infra/constructs/wildcards.ts';
import { CONFIG_KEY } from '#lib/publish/run-keys.ts';

/** Puts a cniwatch.yaml into the bucket when the stack is deployed; nothing else there is touched. */
export function configObject(scope: Construct, bucket: IBucket, text: string): void {
  const [destinationKeyPrefix, fileName] = CONFIG_KEY.split('/') as [string, string];
  const deployment = new BucketDeployment(scope, 'Config', {
    destinationBucket: bucket,
    destinationKeyPrefix,
    sources: [Source.data(fileName, text)],
    prune: false,
    logGroup: new LogGroup(scope, 'ConfigLog', { retention: RetentionDays.ONE_MONTH }),
  });
  const handler = deployment.handlerRole.node.scope ?? deployment;
  const reason =
    "The CDK's own function for copying files, which runs at deployments only: its role and runtime are the library's.";
  const partition = '<AWS::Partition>';
  const ids = [
    'AwsSolutions-L1',
    `AwsSolutions-IAM4[Policy::arn:${partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]`,
    ...['GetBucket', 'GetObject', 'List', 'Abort', 'DeleteObject'].map((action) => `AwsSolutions-IAM5[Action::s3:${action}*]`),
  ];
  Validations.of(handler).acknowledge(...ids.map((id) => ({ id, reason })));
  const assets = `cdk-${DefaultStackSynthesizer.DEFAULT_QUALIFIER}-assets-${Stack.of(scope).account}-${Stack.of(scope).region}`;
  const assetsArn = Stack.of(scope).formatArn({ service: 's3', region: '', account: '', resource: assets, resourceName: '*' });
  acknowledgeWildcards(handler, [{ resources: [assetsArn, bucket.arnForObjects('*')] }], () => reason);
}
