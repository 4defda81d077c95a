import * as z from 'zod';
import { accountId, region } from '#lib/config/names.ts';

const id = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `not an id, as ${prefix}-0a1b2c3d4e5f67890`);

/** Where the check of a cluster runs whose API server cannot be reached from outside its VPC. */
const runner = z.strictObject({
  vpc: id('vpc').describe('the VPC of the clusters that it checks'),
  region: region.describe("the VPC's AWS Region"),
  account: accountId.optional().describe("the VPC's account (default: the hub's)"),
  subnets: z.array(id('subnet')).min(1).describe('subnets of that VPC for the function: not those of pods'),
  securityGroups: z
    .array(id('sg'))
    .min(1)
    .optional()
    .describe('security groups that reach the API servers; without, one is made'),
});

export const runners = z
  .array(runner)
  .default([])
  .superRefine((all, context) => {
    for (const [index, { vpc }] of all.entries()) {
      if (all.findIndex((other) => other.vpc === vpc) === index) continue;
      context.addIssue({ code: 'custom', path: [index, 'vpc'], message: `${vpc} has a runner already` });
    }
  })
  .describe('functions inside VPCs, for clusters with private endpoints; chosen by VPC, made when cniwatch is deployed');
export type Runner = z.infer<typeof runner>;
