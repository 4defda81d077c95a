import type { Config } from '#lib/config/config.ts';
import { configHash } from '#lib/config/hash.ts';
import type { Diagnosis } from '#lib/onboard/diagnosis.ts';
import { type Remedies, remediesOf } from '#lib/onboard/remedy.ts';

/** What `cniwatch doctor --output json` prints. */
export interface DoctorDocument {
  readonly schemaVersion: 1;
  readonly generatedAt: string;
  readonly machine: { readonly node: string; readonly configHash: string };
  readonly clusters: readonly ClusterDiagnosis[];
}

export interface ClusterDiagnosis extends Omit<Diagnosis, 'target'> {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** What adds all that is missing. */
  readonly remedies: Remedies;
}

export function doctorDocument(
  diagnoses: readonly Diagnosis[],
  { config, now, node }: { readonly config: Config; readonly now: Date; readonly node: string },
): DoctorDocument {
  return {
    schemaVersion: 1,
    generatedAt: now.toISOString(),
    machine: { node, configHash: configHash(config) },
    clusters: diagnoses.map((diagnosis) => {
      const { target, ...found } = diagnosis;
      const { account, region, name } = target;
      return { account, region, name, ...found, remedies: remediesOf(diagnosis, config.collect.optIn) };
    }),
  };
}
