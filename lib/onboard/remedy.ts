import type { OptInSource } from '#lib/model/collector.ts';
import { type Diagnosis, missing } from '#lib/onboard/diagnosis.ts';

export interface Remedies {
  /** A statement for a policy of the role, where it lacks IAM actions. */
  readonly iamStatement?: object;
  /** Command lines, where cniwatch lacks rights in the cluster. */
  readonly commands: readonly string[];
}

/** What adds all that is missing. */
export function remediesOf(diagnosis: Diagnosis, optIn: readonly OptInSource[]): Remedies {
  const actions = missing(diagnosis, 'iam');
  const refused = diagnosis.symptoms.some(({ id, verdict }) => id === 'token' && verdict === 'critical');
  const { target, principal } = diagnosis;
  const { name, region } = target;
  const role = principal?.startsWith('arn:') ? principal : 'ROLE_ARN';
  const sources = optIn.length === 0 ? '' : ` --with ${optIn.join(',')}`;
  const command = `cniwatch onboard --cluster ${name} --region ${region} --role ${role}${sources}`;
  return {
    ...(actions.length === 0 ? {} : { iamStatement: { Sid: 'CniwatchReads', Effect: 'Allow', Action: actions, Resource: '*' } }),
    commands: refused || missing(diagnosis, 'rbac').length > 0 ? [command] : [],
  };
}
