import { Stack, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** Acknowledges every resource with a wildcard in these statements, each by its own name, for the reason that the ARN gets. */
export function acknowledgeWildcards(
  construct: IConstruct,
  statements: readonly Pick<PolicyStatement, 'resources'>[],
  reasonFor: (arn: string) => string,
): void {
  const arns = statements.flatMap(({ resources }) => resources).map((arn) => readable(Stack.of(construct).resolve(arn)));
  for (const arn of new Set(arns)) {
    if (!arn.includes('*')) continue;
    Validations.of(construct).acknowledge({ id: `AwsSolutions-IAM5[Resource::${arn}]`, reason: reasonFor(arn) });
  }
}

/** An ARN as cdk-nag writes it in the name of a finding: references in angle brackets. */
function readable(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
  if (typeof Ref === 'string') return `<${Ref}>`;
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(readable).join(String(join[0]));
  return JSON.stringify(value);
}
