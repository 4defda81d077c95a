/**
 * How sure a price is: `stated` where the service's pricing page was read, `usual` where several public sources agree,
 * `unsure` where it is to be looked up before anybody counts on it.
 */
export type Confidence = 'stated' | 'usual' | 'unsure';

export interface Price {
  readonly what: string;
  /** USD for one `per`, in us-east-1. */
  readonly usd: number;
  readonly per: string;
  readonly source: string;
  readonly confidence: Confidence;
}

export const PRICES_AS_OF = '2026-11';

const price = (what: string, usd: number, per: string, source: string, confidence: Confidence): Price => ({
  what,
  usd,
  per,
  source,
  confidence,
});

export const PRICES = {
  lambdaGbSecond: price('Lambda, arm64', 0.0000133334, 'GB-second', 'AWS Lambda pricing', 'usual'),
  lambdaRequest: price('Lambda requests', 0.0000002, 'request', 'AWS Lambda pricing', 'usual'),
  stateTransition: price('Step Functions, Standard', 0.000025, 'state transition', 'AWS Step Functions pricing', 'usual'),
  metric10k: price('CloudWatch metrics, the first 10,000', 0.3, 'metric and month', 'Amazon CloudWatch pricing', 'usual'),
  metric250k: price('CloudWatch metrics, the next 240,000', 0.1, 'metric and month', 'Amazon CloudWatch pricing', 'unsure'),
  putMetricData: price('CloudWatch PutMetricData', 0.00001, 'request', 'Amazon CloudWatch pricing', 'unsure'),
  alarm: price('CloudWatch alarm', 0.1, 'metric that it looks at and month', 'Amazon CloudWatch pricing', 'usual'),
  logsGb: price('CloudWatch Logs, ingestion', 0.5, 'GB', 'Amazon CloudWatch pricing', 'unsure'),
  s3Write: price('S3 PUT and LIST', 0.000005, 'request', 'Amazon S3 pricing', 'unsure'),
  s3Read: price('S3 GET', 0.0000004, 'request', 'Amazon S3 pricing', 'unsure'),
  s3GbMonth: price('S3 Standard storage', 0.023, 'GB and month', 'Amazon S3 pricing', 'unsure'),
  dynamoWrite: price('DynamoDB on demand, writes', 0.000000625, 'write request unit', 'Amazon DynamoDB pricing', 'unsure'),
  dynamoRead: price('DynamoDB on demand, reads', 0.000000125, 'read request unit', 'Amazon DynamoDB pricing', 'unsure'),
} as const satisfies Readonly<Record<string, Price>>;
