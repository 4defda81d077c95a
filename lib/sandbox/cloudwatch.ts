import { AwsError } from '#lib/sandbox/aws-error.ts';

/** One metric as it was published. */
export interface PublishedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly unit?: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly timestamp?: number;
  readonly value?: number;
  readonly values?: readonly number[];
  readonly counts?: readonly number[];
}

interface Datum {
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Timestamp?: number;
  readonly Value?: number;
  readonly Values?: readonly number[];
  readonly Counts?: readonly number[];
  readonly Unit?: string;
}

const MEGABYTE = 1024 * 1024;

/**
 * PutMetricData with AWS's own limits: 1,000 metrics and 1 MB a request, 150 values, 30 dimensions.
 * Source: CloudWatch API Reference, PutMetricData.
 * @throws AwsError for a request that AWS refuses, as a whole
 */
export function readMetricData(body: string): readonly PublishedMetric[] {
  if (Buffer.byteLength(body) > MEGABYTE) throw refused('Request size exceeds 1 MB');
  const { Namespace, MetricData = [] } = parse(body);
  if (!Namespace || Namespace.startsWith('AWS/')) throw refused('The value for parameter Namespace is invalid.');
  if (MetricData.length > 1000) throw refused('The collection MetricData must not have a size greater than 1000.');
  return MetricData.map((datum) => read(Namespace, datum));
}

function parse(body: string): { readonly Namespace?: string; readonly MetricData?: readonly Datum[] } {
  let document: { Namespace?: string; MetricData?: readonly Datum[] } | null;
  try {
    document = JSON.parse(body);
  } catch {
    throw new AwsError('SerializationException', 'The body is not JSON.');
  }
  if (document === null || !Array.isArray(document.MetricData ?? []))
    throw new AwsError('SerializationException', 'The body is not what PutMetricData takes.');
  return document;
}

function read(namespace: string, datum: Datum): PublishedMetric {
  const { MetricName, Dimensions = [], Timestamp, Value, Values, Counts, Unit } = datum;
  if (!MetricName) throw refused('The parameter MetricData.member.1.MetricName is required.');
  if (Dimensions.length > 30) throw refused(`${MetricName} has more than 30 dimensions.`);
  if (Dimensions.some((dimension) => !dimension.Value || dimension.Value.length > 1024))
    throw refused(`${MetricName} has an invalid dimension.`);
  if ((Value === undefined) === (Values === undefined)) throw refused(`${MetricName} needs one of Value and Values.`);
  if (Values !== undefined && Values.length > 150) throw refused(`${MetricName} has more than 150 values.`);
  if (Values !== undefined && Counts !== undefined && Counts.length !== Values.length) {
    throw refused(`${MetricName} has ${Values.length} Values and ${Counts.length} Counts.`);
  }
  return {
    namespace,
    name: MetricName,
    dimensions: Object.fromEntries(Dimensions.map((dimension) => [dimension.Name, dimension.Value])),
    ...(Unit === undefined ? {} : { unit: Unit }),
    ...(Timestamp === undefined ? {} : { timestamp: Timestamp }),
    ...(Value === undefined ? {} : { value: Value }),
    ...(Values === undefined ? {} : { values: Values, counts: Counts ?? Values.map(() => 1) }),
  };
}

function refused(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}
