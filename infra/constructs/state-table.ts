import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type ITable, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { TTL_ATTRIBUTE } from '#lib/publish/state/state-rows.ts';

/**
 * The table of findings, events to tell and the lease of runs. It outlives the stack: it says since when a finding is open, and which
 * events nobody was told yet. Paid by the request, since one run of a cluster is one read and one write.
 */
export function stateTable(scope: Construct): ITable {
  const table = new Table(scope, 'State', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.DEFAULT,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: TTL_ATTRIBUTE,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  // As for the bucket: its `tableStreamArn` may be set to undefined.
  return table as ITable;
}
