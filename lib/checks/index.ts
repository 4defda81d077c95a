import { check as cniAgents } from '#lib/checks/cni/cni-agents.ts';
import { check as dnsSecurityGroups } from '#lib/checks/dns/dns-security-groups.ts';
import type { Check } from '#lib/model/check.ts';

/** Every check there is, in the order of its areas: one line each. Reports list findings of one verdict in this order. */
export const CHECKS: readonly Check[] = [dnsSecurityGroups, cniAgents];
