import type { Remediation } from '#lib/model/remediation.ts';
import { remediation as allowDns } from '#lib/remediate/allow-dns.ts';
import { remediation as deleteLeakedEnis } from '#lib/remediate/delete-leaked-enis.ts';
import { remediation as enablePrefixDelegation } from '#lib/remediate/enable-prefix-delegation.ts';

/** Every remediation that there is: a new one is one file and one line here. */
export const REMEDIATIONS: readonly Remediation[] = [enablePrefixDelegation, allowDns, deleteLeakedEnis];
