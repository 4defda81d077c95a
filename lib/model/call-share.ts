import * as z from 'zod';

/** How often one check may call each API action, and how many calls of it may come at once. */
export const callShare = z.object({ perSecond: z.number().positive(), burst: z.number().positive() });
export type CallShare = Readonly<z.infer<typeof callShare>>;

/**
 * What all checks of an account in a Region may take together. EC2 holds a bucket of 100 reads of each action there and refills 20 a
 * second; the CNI and the autoscaler draw on the same ones, and a check must never be what throttles them. So it is half of the
 * refill, and bursts that leave half of the bucket.
 * Source: Amazon EC2 Developer Guide, "Request throttling for the Amazon EC2 API".
 */
export const WHOLE_SHARE: CallShare = { perSecond: 10, burst: 30 };
