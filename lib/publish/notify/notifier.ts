import { randomUUID } from 'node:crypto';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import type { NotificationTarget } from '#lib/model/notification-target.ts';
import type { Permissions } from '#lib/model/permissions.ts';
import type { Hub } from '#lib/publish/hub.ts';
import { accept } from '#lib/publish/notify/accept.ts';
import { deliverAll } from '#lib/publish/notify/deliver-all.ts';
import { dynamoNoticeStore } from '#lib/publish/notify/dynamo-notice-store.ts';
import { runLink } from '#lib/publish/notify/run-link.ts';
import { type SendPorts, sender } from '#lib/publish/notify/send.ts';
import { runTags } from '#lib/publish/notify/tags.ts';
import { putMetrics } from '#lib/publish/put-metrics.ts';
import { targetsKey } from '#lib/publish/run-keys.ts';
import { getConfigText } from '#lib/publish/run-store.ts';

export const NOTIFY_PERMISSIONS: Permissions = {
  aws: [
    { action: 'sqs:ReceiveMessage', resource: 'queue' },
    { action: 'sqs:DeleteMessage', resource: 'queue' },
    { action: 'sqs:GetQueueAttributes', resource: 'queue' },
    { action: 'dynamodb:Query', resource: 'table' },
    { action: 'dynamodb:PutItem', resource: 'table' },
    { action: 'dynamodb:UpdateItem', resource: 'table' },
    { action: 'dynamodb:DeleteItem', resource: 'table' },
    { action: 's3:GetObject', resource: `bucket/${targetsKey('*')}` },
    { action: 'sns:Publish', resource: 'topic' },
    { action: 'secretsmanager:GetSecretValue', resource: 'secret' },
  ],
  kubernetes: [],
};

/** A claim outlives the function that holds it, so that nobody sends while it may still send. Milliseconds. */
const LEASE_MS = 3 * 60_000;

/** The deployed hub's notifications. Clients are made once, since making them takes a while. */
export function notifier(hub: Hub, connect?: SendPorts['connect']) {
  const settings = (region: string) => ({ region, retryMode: 'standard', maxAttempts: 4 });
  const own = settings(hub.region);
  const bucket = { s3: new S3Client(own), bucket: hub.bucket, owner: hub.account };
  const cloudwatch = new CloudWatchClient(own);
  const store = dynamoNoticeStore({ dynamodb: new DynamoDBClient(own), table: hub.table });
  const sns = ofRegion((region) => new SNSClient(settings(region)));
  const secrets = ofRegion((region) => new SecretsManagerClient(settings(region)));
  const now = () => new Date();
  const send = sender({ sns, secrets, now, linkTo: runLink(hub), ...(connect && { connect }) });
  const tagsOf = runTags(bucket);
  return {
    /** The text of cniwatch.yaml in the bucket; undefined where there is none. */
    configText: () => getConfigText(bucket),
    accept: (body: string, targets: readonly NotificationTarget[]) => accept(body, { store, targets, tagsOf, now: now() }),
    /** Sends what is due, and counts the targets that failed. */
    async deliver(targets: readonly NotificationTarget[]) {
      const at = now();
      const { targets: told, metrics } = await deliverAll(targets, {
        store,
        send,
        now: at,
        by: randomUUID(),
        leaseMs: LEASE_MS,
        hub,
      });
      await putMetrics(metrics, { cloudwatch, at });
      return told;
    },
  };
}

function ofRegion<Client>(make: (region: string) => Client): (region: string) => Client {
  const made = new Map<string, Client>();
  return (region) => {
    const client = made.get(region) ?? make(region);
    made.set(region, client);
    return client;
  };
}
