import { CreateTableCommand, type CreateTableCommandInput, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { resourcesOf, synthesisedHub } from '#test/infra/synthesised-hub.ts';

const [table] = resourcesOf(synthesisedHub(), 'AWS::DynamoDB::Table');

/** Makes a table with the keys of the one that the hub deploys. */
export async function createStateTable(dynamodb: DynamoDBClient, TableName: string): Promise<void> {
  if (table === undefined) throw new Error('the hub has no table');
  const { KeySchema, AttributeDefinitions, BillingMode } = table[1].Properties as unknown as CreateTableCommandInput;
  await dynamodb.send(new CreateTableCommand({ TableName, KeySchema, AttributeDefinitions, BillingMode }));
}
