import { ListRolesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { Clients } from './clients.ts';

/**
 * MiniStack judges IAM, but not by the condition key `cloudwatch:namespace`, which it never sets: a grant that is narrowed by it grants
 * nothing there. The functions' roles get the same action without the condition.
 */
export async function allowPutMetricData({ iam }: Clients, stack: string): Promise<void> {
  const { Roles = [] } = await iam.send(new ListRolesCommand({ MaxItems: 1_000 }));
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'cloudwatch:PutMetricData', Resource: '*' }],
  };
  for (const { RoleName = '' } of Roles.filter(({ RoleName: name = '' }) => name.startsWith(`${stack}-`)))
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'emulator-gap', PolicyDocument: JSON.stringify(document) }));
}
