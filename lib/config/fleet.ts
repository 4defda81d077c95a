import * as z from 'zod';
import { accountId, clusterPattern, region, tagPatterns } from '#lib/config/names.ts';

/** Which clusters of a place are meant. */
const selection = {
  clusters: z.array(clusterPattern).min(1).default(['*']).describe('names of EKS clusters; * stands for any characters'),
  except: z.array(clusterPattern).optional().describe('names to leave out, whatever else says'),
  tags: tagPatterns.optional().describe('only clusters with all of these tags; * stands for any characters'),
  exceptTags: tagPatterns.optional().describe('leaves out clusters with any of these tags'),
};

/** A role's name with its path. Source: IAM API reference, CreateRole. */
const ROLE = /[\w+=,.@/-]{1,576}/;
const roleName = z.string().regex(new RegExp(`^${ROLE.source}$`), 'not the name of an IAM role');
const role = z
  .string()
  .regex(new RegExp(`^(arn:aws[a-z-]*:iam::\\d{12}:role/)?${ROLE.source}$`), 'not the name or the ARN of an IAM role');

/** Not a secret. Source: IAM User Guide, "Access to AWS accounts owned by third parties"; STS API reference, AssumeRole. */
const externalId = z
  .string('an external id is a text: put it in quotes')
  .regex(/^[\w+=,.@:/-]{2,1224}$/, 'not an external id: 2 to 1,224 letters, digits and +=,.@:/-_');

const regions = z.array(region).min(1);

export const fleet = z
  .array(z.strictObject({ region: region.describe('AWS Region to look for clusters in'), ...selection }))
  .default([])
  .describe('the clusters that are checked in the account of the credentials, a Region at a time');

const account = z
  .strictObject({
    id: accountId.describe('the account, twelve digits in quotes'),
    name: z.string().min(1).optional().describe('what people call it'),
    role: role
      .optional()
      .describe('the IAM role to assume there, by name or ARN; without one the credentials must be of that account'),
    externalId: externalId.optional().describe("what the role's trust policy asks for as sts:ExternalId"),
    regions: regions.describe('the Regions to look in'),
    ...selection,
  })
  .superRefine(({ id, role: given, externalId: external }, context) => {
    const owner = given?.match(/^arn:[^:]+:iam::(\d{12}):/)?.[1];
    if (owner !== undefined && owner !== id) {
      context.addIssue({
        code: 'custom',
        path: ['role'],
        message: `this role is of account ${owner}, and the entry is for ${id}`,
      });
    }
    if (external !== undefined && given === undefined) {
      context.addIssue({ code: 'custom', path: ['externalId'], message: 'an external id is for a role: name the role' });
    }
  });

export const accounts = z
  .array(account)
  .default([])
  .superRefine((all, context) => {
    for (const [index, { id }] of all.entries()) {
      if (all.findIndex((other) => other.id === id) === index) continue;
      context.addIssue({ code: 'custom', path: [index, 'id'], message: `account ${id} is here already` });
    }
  })
  .describe('further AWS accounts, each by a role in it');

export const organization = z
  .strictObject({
    role: roleName.describe('the IAM role to assume, of one name in every account'),
    externalId: externalId.optional().describe("what the roles' trust policies ask for as sts:ExternalId"),
    regions: regions.describe('the Regions to look in'),
    ous: z
      .array(z.string().regex(/^(ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})$/, 'not the id of an organizational unit'))
      .min(1)
      .optional()
      .describe('only accounts in these organizational units and those below them; without, the whole organization'),
    exclude: z.array(accountId).default([]).describe('accounts to leave out'),
    ...selection,
  })
  .optional()
  .describe(
    'every active account of the organization; needs credentials of its management account or of a delegated administrator, and accounts listed under `accounts` keep their own entry',
  );

export type FleetEntry = z.infer<typeof fleet>[number];
export type AccountEntry = z.infer<typeof accounts>[number];
export type Organization = NonNullable<z.infer<typeof organization>>;
