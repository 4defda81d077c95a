import type { STSClient } from '@aws-sdk/client-sts';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { awsFailure } from '#lib/collect/aws/failure.ts';
import { collect } from '#lib/collect/collect.ts';
import { kubernetesWriter } from '#lib/collect/kubernetes/writer.ts';
import type { CollectOptions } from '#lib/collect/options.ts';
import { OPT_IN_PERMISSIONS, READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { startTally } from '#lib/collect/progress.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';
import { roleOf } from '#lib/onboard/access-entry.ts';
import { type Diagnosis, diagnosisOf, sourceGrants } from '#lib/onboard/diagnosis.ts';
import { type EndpointPorts, examineEndpoint } from '#lib/onboard/endpoint.ts';
import { describeCluster, enterCluster } from '#lib/onboard/enter.ts';
import { watchActions } from '#lib/onboard/iam-grants.ts';
import { type RbacReview, reviewRights } from '#lib/onboard/rbac-grants.ts';
import type { Symptom } from '#lib/onboard/symptom.ts';

export interface ExamineOptions extends Omit<CollectOptions, 'settings' | 'signal' | 'now'>, EndpointPorts {
  readonly sts: STSClient;
  readonly signal: AbortSignal;
}

/**
 * Looks at one cluster as a check does: makes the real reads, but for opt-in sources, and asks RBAC about all of them. Writes nothing:
 * a SelfSubjectAccessReview is not kept.
 */
export async function examine(target: Target, options: ExamineOptions): Promise<Diagnosis> {
  const { aws, optIn = [], signal } = options;
  const who = await caller(options.sts);
  if ('verdict' in who) return diagnosisOf({ target, symptoms: [who], sources: [] });
  const iam = watchActions(aws);
  const inside = await examineInside(target, options);
  const snapshot = await collect(target, { ...options, optIn: [] });
  signal.throwIfAborted();
  const sources = sourceGrants(optIn, { iam, rbac: inside.rbac });
  const symptoms = [{ id: 'credentials', verdict: 'ok', said: `AWS knows cniwatch as ${who.arn}` } as const, ...inside.symptoms];
  const other = inside.rbac === undefined ? [] : failures(snapshot);
  return diagnosisOf({ target, principal: roleOf(who.arn) ?? who.arn, symptoms: [...symptoms, ...other], sources });
}

async function caller(sts: STSClient): Promise<{ readonly arn: string } | Symptom> {
  try {
    const { Arn: arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return { arn };
  } catch (error) {
    const { message: said, remedy } = awsFailure(error, { action: 'sts:GetCallerIdentity' });
    return { id: 'credentials', verdict: 'critical', said, remedy };
  }
}

async function examineInside(
  target: Target,
  options: ExamineOptions,
): Promise<{ readonly symptoms: readonly Symptom[]; readonly rbac?: RbacReview }> {
  const symptoms: Symptom[] = [];
  try {
    const described = await describeCluster(options.aws.eks, target.name);
    const { status, version = '?', authenticationMode = '?' } = described;
    symptoms.push({
      id: 'cluster',
      verdict: 'ok',
      said: `${status}, version ${version}, authentication mode ${authenticationMode}`,
    });
    const cluster = await enterCluster(described, options);
    try {
      symptoms.push(...(await examineEndpoint(cluster, options)));
      if (symptoms.some(({ id, verdict }) => /^(dns|endpoint)$/.test(id) && verdict !== 'ok')) return { symptoms };
      const all = [READ_PERMISSIONS, ...Object.values(OPT_IN_PERMISSIONS)].flatMap(({ kubernetes }) => kubernetes);
      const rbac = await reviewRights(
        kubernetesWriter(
          cluster,
          startTally(() => undefined),
        ),
        all,
      );
      symptoms.push({ id: 'token', verdict: 'ok', said: 'the API server knows who asks' });
      return { symptoms, rbac };
    } finally {
      cluster.connection.close();
    }
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    const id = error.message.includes('eks:DescribeCluster') ? 'cluster' : 'token';
    return { symptoms: [...symptoms, { id, verdict: 'critical', said: error.message, remedy: error.remedy }] };
  }
}

/** Reads that failed for another reason than a grant: those stand with their source, and what follows from them says so itself. */
function failures({ collectors }: Snapshot): readonly Symptom[] {
  const told = new Set(['AccessDenied', 'Forbidden', 'InputMissing', 'NotEnabled']);
  return collectors
    .filter(({ ok, code = '' }) => !ok && !told.has(code))
    .map(({ id, reason = '', remedy }): Symptom => {
      const said = `${id}: ${reason}`;
      return { id: 'source', verdict: 'unknown', said, ...(remedy === undefined ? {} : { remedy }) };
    });
}
