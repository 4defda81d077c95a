import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { MiniStack } from './ministack/ministack.ts';

/** What the tests look at a deployed cniwatch with, as the account's root. */
export function clientsOf({ endpoint, region, credentials, certificate }: MiniStack) {
  const settings = {
    endpoint,
    region,
    credentials,
    requestHandler: { httpsAgent: { ca: certificate } },
  };
  return {
    sfn: new SFNClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    iam: new IAMClient(settings),
    sns: new SNSClient(settings),
    sqs: new SQSClient(settings),
    events: new EventBridgeClient(settings),
    cloudwatch: new CloudWatchClient(settings),
  };
}
export type Clients = ReturnType<typeof clientsOf>;
