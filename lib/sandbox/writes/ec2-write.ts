import { AwsError } from '#lib/sandbox/aws-error.ts';
import type { Ec2Query } from '#lib/sandbox/ec2-query.ts';
import type { LiveWorld } from '#lib/sandbox/live-world.ts';
import type { XmlValue } from '#lib/sandbox/xml.ts';

/** A write's answer, once it has changed the world. */
export type Ec2Write = (live: LiveWorld, query: Ec2Query) => { readonly [field: string]: XmlValue };

/** @throws AwsError MissingParameter */
export function demanded(query: Pick<Ec2Query, 'text'>, parameter: string): string {
  const value = query.text(parameter);
  if (!value) throw new AwsError('MissingParameter', `The request must contain the parameter ${parameter}`);
  return value;
}

/** A whole number of none or more; undefined where it is not given. @throws AwsError InvalidParameterValue */
export function count(query: Ec2Query, parameter: string): number | undefined {
  const value = query.text(parameter);
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value))
    throw new AwsError('InvalidParameterValue', `Value (${value}) for parameter ${parameter} is invalid.`);
  return Number(value);
}

/** The tags that a request gives to new objects of a kind. */
export function newTags(query: Ec2Query, resourceType: string): Readonly<Record<string, string>> {
  const specification = query.structures('TagSpecification').find(({ text }) => text('ResourceType') === resourceType);
  return tagsIn(specification?.structures('Tag') ?? []);
}

export function tagsIn(tags: readonly Pick<Ec2Query, 'text'>[]): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ text }) => [text('Key') ?? '', text('Value') ?? '']));
}
