import * as z from 'zod';

/** Where a deployed cniwatch publishes: its own account and Region, and the bucket of its runs. */
export interface Hub {
  readonly account: string;
  readonly region: string;
  readonly bucket: string;
}

const environment = z.object({
  /** Set by infra, on every function. */
  CNIWATCH_ACCOUNT: z.string().regex(/^\d{12}$/),
  CNIWATCH_BUCKET: z.string().min(3),
  /** Set by Lambda. */
  AWS_REGION: z.string().min(1),
});

/** @throws ZodError that names the variable: the function was not deployed by infra */
export function hubFrom(variables: Readonly<Record<string, string | undefined>>): Hub {
  const { CNIWATCH_ACCOUNT: account, CNIWATCH_BUCKET: bucket, AWS_REGION: region } = environment.parse(variables);
  return { account, region, bucket };
}
