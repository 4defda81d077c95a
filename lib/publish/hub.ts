import * as z from 'zod';

/** Where a deployed cniwatch publishes: its own account and Region, the bucket of its runs, the table of its findings and the bus of its events. */
export interface Hub {
  readonly account: string;
  readonly region: string;
  readonly bucket: string;
  readonly table: string;
  readonly eventBus: string;
  /** To assume for publishing: of a runner in another account than the hub's. */
  readonly role?: string;
}

const environment = z.object({
  /** Set by infra, on every function. */
  CNIWATCH_ACCOUNT: z.string().regex(/^\d{12}$/),
  CNIWATCH_BUCKET: z.string().min(3),
  CNIWATCH_TABLE: z.string().min(3),
  CNIWATCH_EVENT_BUS: z.string().min(1),
  CNIWATCH_HUB_ROLE: z.string().min(1).optional(),
  /** Set by Lambda. */
  AWS_REGION: z.string().min(1),
});

/** @throws ZodError that names the variable: the function was not deployed by infra */
export function hubFrom(variables: Readonly<Record<string, string | undefined>>): Hub {
  const { CNIWATCH_ACCOUNT: account, CNIWATCH_BUCKET: bucket, CNIWATCH_TABLE: table, ...others } = environment.parse(variables);
  const { AWS_REGION: region, CNIWATCH_EVENT_BUS: eventBus, CNIWATCH_HUB_ROLE: role } = others;
  return { account, region, bucket, table, eventBus, ...(role === undefined ? {} : { role }) };
}
