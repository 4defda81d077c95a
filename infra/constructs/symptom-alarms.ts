import type { Construct } from 'constructs';
import { TRIAGE } from '#infra/constructs/finding-alarms.ts';
import { type GroupedWindow, groupedAlarm } from '#infra/constructs/grouped-alarm.ts';
import type { Config } from '#lib/config/config.ts';
import { SYMPTOMS, type Symptom, symptomQuery } from '#lib/publish/dashboard/symptoms.ts';

/**
 * Alarms that name what is short, and where: shown beside those on findings, and telling nobody. They are on bare numbers, which know
 * neither suppressions nor the thresholds of single clusters; the findings do.
 */
export function symptomAlarms(scope: Construct, { config, window }: { config: Config; window: GroupedWindow }) {
  return SYMPTOMS.map((symptom) =>
    groupedAlarm(scope, `Symptom${symptom.id}`, {
      description: meaning(symptom),
      query: symptomQuery(symptom),
      threshold: thresholdOf(symptom, config),
      window,
    }),
  );
}

function meaning({ title, per, check }: Symptom): string {
  const next =
    per === 'subnet' ? 'cniwatch explain subnet SUBNET --cluster CLUSTER --region REGION, of a cluster that uses it,' : TRIAGE;
  return `${title}. Each contributor is a ${per}: ${next} says more, and cniwatch explain ${check} how it is judged.`;
}

/** Its own, or the check's option of that name in the configuration. */
function thresholdOf({ check, threshold }: Symptom, { checks }: Config): number {
  return typeof threshold === 'number'
    ? threshold
    : Number((checks[check]?.options as Readonly<Record<string, unknown>> | undefined)?.[threshold]);
}
