import type { SeriesCounts } from '#lib/evaluate/budget.ts';
import { COUNTED, MEASURED } from './cost-measured.ts';
import { PRICES } from './cost-prices.ts';

export interface FleetToPrice {
  readonly clusters: number;
  /** Of each cluster, none of them shared with another. */
  readonly subnets: number;
  /** From one run to the next. */
  readonly minutes: number;
  /** Of one check: seconds that Lambda bills. */
  readonly checkSeconds: number;
  readonly series: SeriesCounts;
  /** Of the fleet as such. */
  readonly fleetSeries: number;
}

/** USD a month of thirty days. */
export interface MonthlyCost {
  readonly lambda: number;
  readonly stepFunctions: number;
  readonly metrics: number;
  /** S3, DynamoDB, logs and PutMetricData. */
  readonly others: number;
  readonly total: number;
}

const MINUTES_A_MONTH = 30 * 24 * 60;
const KB_A_GB = 2 ** 20;

/** The cost of a month, without free tiers, alarms, notifications and traffic. */
export function monthlyCost({ clusters, subnets, minutes, checkSeconds, series, fleetSeries }: FleetToPrice): MonthlyCost {
  const runs = MINUTES_A_MONTH / minutes;
  const checks = runs * clusters;
  const lambda = checks * (checkSeconds * COUNTED.memoryGb * PRICES.lambdaGbSecond.usd + PRICES.lambdaRequest.usd);
  const transitions = runs * COUNTED.transitionsOfRun + checks * COUNTED.transitionsOfCheck;
  const stepFunctions = transitions * PRICES.stateTransition.usd;
  const metrics = metricsCost(clusters * (series.cluster + subnets * series.subnet) + fleetSeries);
  const storedGb = (checks * (COUNTED.snapshotDays / 30) * MEASURED.snapshotKb) / KB_A_GB;
  const ofCheck =
    COUNTED.putMetricDataOfCheck * PRICES.putMetricData.usd +
    COUNTED.s3WritesOfCheck * PRICES.s3Write.usd +
    COUNTED.s3ReadsOfCheck * PRICES.s3Read.usd +
    COUNTED.dynamoWritesOfCheck * PRICES.dynamoWrite.usd +
    COUNTED.dynamoReadsOfCheck * PRICES.dynamoRead.usd +
    (COUNTED.logKbOfCheck / KB_A_GB) * PRICES.logsGb.usd;
  const others = checks * ofCheck + storedGb * PRICES.s3GbMonth.usd;
  return { lambda, stepFunctions, metrics, others, total: lambda + stepFunctions + metrics + others };
}

/** Each price holds for the metrics of its tier alone. */
export function metricsCost(series: number): number {
  const first = Math.min(series, 10_000);
  return first * PRICES.metric10k.usd + (series - first) * PRICES.metric250k.usd;
}

/** Checks that have to run at the same time for a run to end before the next one starts. */
export function leastAtOnce({
  clusters,
  minutes,
  checkSeconds,
}: Pick<FleetToPrice, 'clusters' | 'minutes' | 'checkSeconds'>): number {
  return Math.ceil((clusters * checkSeconds) / (minutes * 60));
}
