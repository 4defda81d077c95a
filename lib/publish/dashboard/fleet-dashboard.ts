import { type Dashboard, FINDING_SEVERITIES, openFindings, type Panel, RUN_DIMENSIONS } from '#lib/publish/dashboard/panel.ts';
import { SYMPTOMS, symptomQuery } from '#lib/publish/dashboard/symptoms.ts';

const WORST_SHOWN = 10;

/** The whole fleet: whether runs complete, which clusters are in trouble, and what is short where. It finds new clusters by itself. */
export function fleetDashboard(): Dashboard {
  return {
    title: 'cniwatch: the fleet',
    introduction:
      'Pod networking of every cluster. Graphs of clusters and subnets show the ten that are worst. Of one that is in trouble: `cniwatch triage --cluster NAME --region REGION`.',
    sections: [
      { title: 'Runs of cniwatch', panels: RUNS },
      {
        title: 'Clusters',
        panels: [
          {
            title: 'Clusters by verdict',
            unit: 'Count',
            query: {
              metric: 'ClusterVerdict',
              dimensions: [...RUN_DIMENSIONS, 'Severity'],
              groupBy: ['Severity'],
              worst: 'highest',
            },
          },
          ...FINDING_SEVERITIES.map(
            (severity): Panel => ({
              title: `Open findings: ${severity}`,
              description: 'What another finding explains is not counted.',
              unit: 'Count',
              query: { ...openFindings(severity), limit: WORST_SHOWN },
            }),
          ),
        ],
      },
      {
        title: 'What is short',
        panels: SYMPTOMS.map(
          (symptom): Panel => ({
            title: symptom.title,
            description: `cniwatch explain ${symptom.check}`,
            unit: symptom.unit,
            query: { ...symptomQuery(symptom), limit: WORST_SHOWN },
          }),
        ),
      },
    ],
  };
}

const RUNS: readonly Panel[] = [
  ofRuns('Runs', { RunCompleted: 'completed', RunSkipped: 'skipped' }),
  ofRuns('Clusters seen', { ClustersExpected: 'expected', ClustersReported: 'reported', ClustersMissing: 'missing' }),
  ofRuns('What could not be read', {
    ChecksUnknown: 'checks unknown',
    RegionsUnread: 'Regions unread',
    CollectorsThrottled: 'reads throttled',
    CollectorsCutOff: 'reads cut off by the deadline',
  }),
  ofRuns('What could not be told', { FindingsUnrecorded: 'findings unrecorded', EventsUntold: 'events untold' }),
];

/** A line for each metric, by its label. */
function ofRuns(title: string, labels: Readonly<Record<string, string>>): Panel {
  const searches = Object.entries(labels).map(
    ([metric, label]) => ({ metric, label, dimensions: RUN_DIMENSIONS, where: {}, statistic: 'Maximum' }) as const,
  );
  return { title, unit: 'Count', searches };
}
