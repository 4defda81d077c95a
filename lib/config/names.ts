import * as z from 'zod';

/** An AWS Region's code, as `eu-west-1` or `us-gov-east-1`. */
export const region = z.string().regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'not the code of an AWS Region, as eu-west-1');

/** Twelve digits. YAML reads them as a number, and loses leading zeros, unless they stand in quotes. */
export const accountId = z
  .string('not the id of an AWS account: twelve digits in quotes')
  .regex(/^\d{12}$/, 'not the id of an AWS account: twelve digits in quotes');

/** EKS allows letters, digits, hyphens and underscores in a name (CreateCluster, EKS API reference). */
export const clusterPattern = z
  .string()
  .regex(/^[A-Za-z0-9_*-]+$/, 'not a cluster name or pattern: letters, digits, - and _, with * for any characters');

/** The ARN of one kind of resource. */
export function arnOf(service: string, resource: RegExp, what: string) {
  const pattern = new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:${resource.source}$`);
  return z.string().regex(pattern, `not the ARN of ${what}`);
}

/** Values by tag key: a text, or several of which one must be there; `*` stands for any characters. */
export const tagPatterns = z.record(
  z.string().min(1).max(128),
  z.union([z.string(), z.array(z.string()).min(1)], 'the value of a tag: a text in quotes, or a list of them'),
);
