import * as z from 'zod';

/** Where a deployed cniwatch publishes: its own account and Region, the bucket of its runs, the table of its findings and the bus of its events. */
export interface Hub {
  readonly account: string;
  readonly region: string;
  readonly bucket: string;
  readonly table: string;
  readonly eventBus: string;
}

const environment = z.object({
  /** Set by infra, on every function. */
  CNIWATCH_ACCOUNT: z.string().regex(/^\d{12}$/),
  CNIWATCH_BUCKET: z.string().min(3),
  CNIWATCH_TABLE: z.string().min(3),
  CNIWATCH_EVENT_BUS: z.string().min(1),
  /** Set by Lambda. */
  AWS_REGION: z.string().min(1),
});

/** @throws ZodError that names the variable: the function was not deployed by infra */
export function hubFrom(variables: Readonly<Record<string, string | undefined>>): Hub {
  const { CNIWATCH_ACCOUNT: account, CNIWATCH_BUCKET: bucket, CNIWATCH_TABLE: table, ...others } = environment.parse(variables);
  return { account, region: others.AWS_REGION, bucket, table, eventBus: others.CNIWATCH_EVENT_BUS };
}
