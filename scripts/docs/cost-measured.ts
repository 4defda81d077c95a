/** What a run was measured to take. To be measured anew, by the command, when the collectors or the pipeline change. */
export const MEASURED = {
  command: 'npm run bench -- --fleet',
  at: '2026-11-24',
  fleet:
    '1,000 clusters of 3 nodes in 50 accounts, 10 at once, every answer of AWS and of the API servers 50 ms late, on 2 shared cores',
  wallSeconds: 197,
  /** Of one check, as Lambda would bill it but for its start. */
  checkSeconds: { median: 1.9, p95: 2.2, longest: 3.3 },
  peakMb: 825,
  /** Of the emptiest bucket of EC2. */
  bucketLeftPercent: 99,
  /** Of one cluster, by service; CloudWatch's GetMetricData and STS's AssumeRole are those of a first run. */
  calls: { ec2: 11, eks: 8.1, kubernetes: 17, servicequotas: 6, autoscaling: 1, cloudwatch: 3, sts: 0.1 },
  /** Of one cluster's Snapshot, compressed. */
  snapshotKb: 7.4,
  /** A hundred clusters of one account: each gets the least share that there is. */
  oneAccount: {
    command: 'npm run bench -- --fleet=1,100,200',
    atOnce: 20,
    wallSeconds: 52,
    checkSeconds: 8.7,
    bucketLeftPercent: 90,
  },
} as const;

/** Not measured: what the code does, counted by reading it. */
export const COUNTED = {
  memoryGb: 1,
  /** discover, any targets?, the Map, summarise, every Region read?, done, and the start. */
  transitionsOfRun: 7,
  /** Whether it is in a runner, check-cluster, and the start of the child. */
  transitionsOfCheck: 3,
  /** PutMetricData. */
  putMetricDataOfCheck: 1,
  /** The Snapshot, the result, and the history. */
  s3WritesOfCheck: 3,
  /** The configuration and the history, and the result by summarise. */
  s3ReadsOfCheck: 3,
  /** The head of the cluster's findings, written in a transaction; more only where a finding changes. */
  dynamoWritesOfCheck: 2,
  dynamoReadsOfCheck: 1,
  /** A line of ours, and three of Lambda's. */
  logKbOfCheck: 2,
  snapshotDays: 30,
} as const;
