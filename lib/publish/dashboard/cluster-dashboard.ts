import type { Check } from '#lib/model/check.ts';
import type { MetricDeclaration } from '#lib/model/metric.ts';
import { CLUSTER_DIMENSIONS, type Dashboard, type Panel, type Section, SUBNET_DIMENSIONS } from '#lib/publish/dashboard/panel.ts';

export interface ClusterView {
  readonly cluster: string;
  readonly region: string;
  /** Where clusters of one name stand in several accounts. */
  readonly account?: string | undefined;
  /** Ids of the cluster's subnets; without them the fullest of its Region are shown. */
  readonly subnets?: readonly string[] | undefined;
}

const SUBNETS_SHOWN = 10;

/** One cluster: its open findings and every metric that its checks publish, by what the checks say of themselves. */
export function clusterDashboard(checks: readonly Check[], view: ClusterView): Dashboard {
  return {
    title: `cniwatch: ${view.cluster}`,
    introduction: `Pod networking of ${view.cluster}. What is broken, and what to do first: \`cniwatch triage --cluster ${view.cluster} --region ${view.region}\`. What \`metrics.publish: default\` leaves out stays empty here.`,
    sections: clusterSections(checks, view),
  };
}

export function clusterSections(checks: readonly Check[], view: ClusterView): readonly Section[] {
  const areas = Map.groupBy(checks, ({ area }) => area);
  return [
    { title: 'Findings', panels: [findingsPanel(view)] },
    ...[...areas].flatMap(([area, ofArea]) => {
      const panels = ofArea.flatMap((check) => checkPanels(check, view));
      return panels.length === 0 ? [] : [{ title: `Area ${area}`, panels }];
    }),
  ];
}

const placeOf = ({ account, region }: ClusterView) => ({
  ...(account === undefined ? {} : { Account: account }),
  Region: region,
});

/** A label that CloudWatch fills in for each series. Source: Amazon CloudWatch User Guide, "Use dynamic labels". */
const byDimension = (dimension: string): string => `\${PROP('Dim.${dimension}')}`;

function findingsPanel(view: ClusterView): Panel {
  const where = { ...placeOf(view), Cluster: view.cluster };
  const dimensions = [...CLUSTER_DIMENSIONS, 'Severity'];
  const search = { metric: 'FindingsOpen', dimensions, where, statistic: 'Maximum', label: byDimension('Severity') } as const;
  return {
    title: 'Open findings',
    description: 'What another finding explains is not counted.',
    unit: 'Count',
    searches: [search],
  };
}

/** A graph for the metrics of one unit, and one for each metric of subnets. */
function checkPanels({ title, metrics }: Check, view: ClusterView): readonly Panel[] {
  const ofSubnets = metrics.filter(({ per }) => per === 'subnet');
  const byUnit = Map.groupBy(
    metrics.filter(({ per }) => per !== 'subnet'),
    ({ unit }) => unit,
  );
  return [
    ...ofSubnets.map((metric) => subnetPanel(metric, view)),
    ...[...byUnit].map(
      ([unit, ofUnit]): Panel => ({
        title,
        description: ofUnit.map(({ name, description }) => `${name}: ${description}.`).join(' '),
        unit,
        searches: ofUnit.flatMap((metric) => clusterSearches(metric, view)),
      }),
    ),
  ];
}

/** Of a distribution over nodes the worst node and the average one. */
function clusterSearches({ name, per }: MetricDeclaration, view: ClusterView) {
  const search = { metric: name, dimensions: CLUSTER_DIMENSIONS, where: { ...placeOf(view), Cluster: view.cluster } };
  const highest = { ...search, statistic: 'Maximum', label: per === 'distribution' ? `${name}, highest` : name } as const;
  return per === 'distribution' ? [highest, { ...search, statistic: 'Average', label: `${name}, average` } as const] : [highest];
}

function subnetPanel({ name, unit, description }: MetricDeclaration, view: ClusterView): Panel {
  const panel = { title: `${name} of subnets`, unit };
  if (view.subnets !== undefined) {
    const where = { ...placeOf(view), SubnetId: view.subnets };
    const search = {
      metric: name,
      dimensions: SUBNET_DIMENSIONS,
      where,
      statistic: 'Maximum',
      label: byDimension('SubnetId'),
    } as const;
    return { ...panel, description: `${description}.`, searches: [search] };
  }
  const where = Object.entries(placeOf(view)).map(([label, is]) => ({ label, is }));
  const worst = /Free/.test(name) ? 'lowest' : 'highest';
  return {
    ...panel,
    description: `${description}. The ${SUBNETS_SHOWN} worst of the Region, of whichever cluster.`,
    query: { metric: name, dimensions: SUBNET_DIMENSIONS, where, groupBy: ['SubnetId'], worst, limit: SUBNETS_SHOWN },
  };
}
