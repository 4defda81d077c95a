import { CHECKS } from '#lib/checks/index.ts';
import { seriesCounts } from '#lib/evaluate/budget.ts';
import { SYMPTOMS } from '#lib/publish/dashboard/symptoms.ts';
import { fleetMetrics } from '#lib/publish/fleet-metrics.ts';
import { COUNTED, MEASURED } from './cost-measured.ts';
import { leastAtOnce, monthlyCost } from './cost-model.ts';
import { PRICES, PRICES_AS_OF } from './cost-prices.ts';
import { code, list, page, section, table } from './markdown.ts';

const SUBNETS = 3;
const CLUSTERS = [10, 100, 1_000];
const MINUTES = [1, 5, 15];
const fleetSeries = fleetMetrics({ clusters: [], reported: 0, regionsUnread: 0 }, { account: '', region: '' }).length;

const dollars = (usd: number) =>
  usd.toLocaleString('en-US', { minimumFractionDigits: usd < 10 ? 2 : 0, maximumFractionDigits: usd < 10 ? 2 : 0 });
const number = (value: number) => value.toLocaleString('en-US');

/** What a fleet costs, from what was measured, what the checks publish, and the prices. */
export function costPage(): string {
  const byDefault = seriesCounts(CHECKS, 'default');
  const all = seriesCounts(CHECKS, 'all');
  const checkSeconds = MEASURED.checkSeconds.median;
  const shapes = CLUSTERS.flatMap((clusters) => MINUTES.map((minutes) => ({ clusters, minutes, checkSeconds })));
  const cost = (shape: (typeof shapes)[number], series = byDefault) =>
    monthlyCost({ ...shape, subnets: SUBNETS, series, fleetSeries });
  const rows = shapes.map((shape) => {
    const { lambda, stepFunctions, metrics, others, total } = cost(shape);
    return [
      number(shape.clusters),
      String(shape.minutes),
      ...[lambda, stepFunctions, metrics, others, total, total / shape.clusters].map(dollars),
      dollars(cost(shape, all).total),
      String(leastAtOnce(shape)),
    ];
  });
  return page(
    '<!-- Written by `npm run docs` from scripts/docs/cost-*.ts and the checks: edit those. -->',
    '# Cost',
    `USD a month of thirty days, in us-east-1, by prices of ${PRICES_AS_OF}, without free tiers. A cluster has ${SUBNETS} subnets of its own here, and a check takes ${checkSeconds} s.`,
    table(
      [
        'clusters',
        'minutes',
        'Lambda',
        'Step Functions',
        'metrics',
        'others',
        'total',
        'a cluster',
        'total with all metrics',
        'at once, at least',
      ],
      rows,
    ),
    `"At once, at least" is what ${code('maxConcurrency')} has to be for a run to end before the next one starts; it is 10 where nothing is set.`,
    section(
      'Metrics',
      `CloudWatch bills each series. Nodes and pods are distributions, so their number is none of it. ${code('metrics.publish')} in cniwatch.yaml chooses:`,
      table(
        ['', 'a cluster', 'a subnet', 'more with every opt-in source'],
        [
          [code('default'), ...[byDefault.cluster, byDefault.subnet, byDefault.optIn].map(String)],
          [code('all'), ...[all.cluster, all.subnet, all.optIn].map(String)],
        ],
      ),
      `A subnet that several clusters share counts once. The fleet as such has ${fleetSeries} series. Reports and the bucket hold every figure either way: a series pays for alarms and graphs. A test holds the budget of 12 a cluster.`,
    ),
    section(
      'The formula',
      '```\nruns   = 43,200 / minutes\nchecks = runs * clusters\nLambda = checks * (seconds * GB * price of a GB-second + price of a request)\n' +
        `Step Functions = (runs * ${COUNTED.transitionsOfRun} + checks * ${COUNTED.transitionsOfCheck}) * price of a transition\n` +
        `metrics = clusters * (${byDefault.cluster} + subnets * ${byDefault.subnet}) + ${fleetSeries}, at the price of each tier\n` +
        `others = checks * (PutMetricData + ${COUNTED.s3WritesOfCheck} S3 writes + ${COUNTED.s3ReadsOfCheck} S3 reads + ${COUNTED.dynamoWritesOfCheck} write units + ${COUNTED.dynamoReadsOfCheck} read unit + ${COUNTED.logKbOfCheck} KB of logs)\n         + Snapshots of ${COUNTED.snapshotDays} days\n` +
        '```',
      `Each second more of a check adds ${dollars(1_000_000 * COUNTED.memoryGb * PRICES.lambdaGbSecond.usd)} USD for a million checks.`,
    ),
    measuredSection(),
    section(
      'What the table leaves out',
      list([
        'The start of a Lambda function, which AWS bills too; discover and summarise, one invocation each of a run.',
        'Findings that change: each writes a row and an event. Notifications, reports, X-Ray traces and traffic.',
        'Opt-in sources: their metrics, and the longer checks that wait for pods.',
        `Alarms. One on a single metric is ${PRICES.alarm.usd} USD. Those on all clusters and subnets are queries, and whether CloudWatch bills such an alarm as one or each metric that it looks at was not verified: with 1,000 clusters of ${SUBNETS} subnets, ${alarmsBothWays(1_000)}. Look at the pricing page before you deploy them for a large fleet; ${code('-c symptomAlarms=false')} leaves most of them out.`,
      ]),
    ),
    section(
      'Prices',
      table(
        ['what', 'USD', 'per', 'source', 'how sure'],
        Object.values(PRICES).map(({ what, usd, per, source, confidence }) => [
          what,
          usd.toLocaleString('en-US', { maximumSignificantDigits: 6, maximumFractionDigits: 12 }),
          per,
          source,
          confidence,
        ]),
      ),
      '`usual`: public sources agree, and the pricing page was not read. `unsure`: look it up first. Prices differ by Region.',
    ),
  );
}

function measuredSection(): string {
  const { command, at, fleet, wallSeconds, checkSeconds, peakMb, bucketLeftPercent, calls, oneAccount } = MEASURED;
  return section(
    'What was measured',
    `${code(command)} on ${at}: ${fleet}. The sandbox served AWS and the API servers and enforced EC2's token buckets; the table of findings was not part of it. A large cluster takes longer: measure yours by the durations of its sources in the report.`,
    table(
      ['', ''],
      [
        ['wall of the run', `${wallSeconds} s`],
        ['a check: median, 95 of 100, longest', `${checkSeconds.median} s, ${checkSeconds.p95} s, ${checkSeconds.longest} s`],
        ['peak memory of the process that ran them all', `${peakMb} MB`],
        ['left of the emptiest EC2 bucket', `${bucketLeftPercent} %`],
        [
          'calls of one cluster',
          Object.entries(calls)
            .map(([service, count]) => `${service} ${count}`)
            .join(', '),
        ],
      ],
    ),
    `Clusters of one account and Region share half of what EC2 refills, so checks wait where many of them run at once: of 100 clusters of one account (${code(oneAccount.command)}), ${oneAccount.atOnce} ran at once, a check took ${oneAccount.checkSeconds} s in the median and the run ${oneAccount.wallSeconds} s, and ${oneAccount.bucketLeftPercent} % of the emptiest bucket were left. A lower ${code('maxConcurrency')} costs less there.`,
  );
}

/** Alarms on queries: three on open findings, and one a symptom. */
function alarmsBothWays(clusters: number): string {
  const ofClusters = 3 + SYMPTOMS.filter(({ per }) => per === 'cluster').length;
  const ofSubnets = SYMPTOMS.filter(({ per }) => per === 'subnet').length;
  const each = (ofClusters + ofSubnets) * PRICES.alarm.usd;
  const byMetric = (ofClusters + ofSubnets * SUBNETS) * clusters * PRICES.alarm.usd;
  return `${dollars(each)} USD or ${dollars(byMetric)} USD a month`;
}
