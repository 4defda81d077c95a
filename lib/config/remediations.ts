import * as z from 'zod';
import { match } from '#lib/config/match.ts';
import { timeWindow } from '#lib/model/time-window.ts';

/** Why a remediation never runs without a person, where that is so. */
const NO_AUTO = {
  prefixes: 'whether a subnet has room for prefixes, and who sets max-pods, is for a person to judge',
  drain: 'it takes nodes out of service',
  node: "it changes a node's own files or mounts, with a privileged pod",
  policy: 'while the policy is away, what it kept out comes in',
  reset: 'it replaces the CNI of the whole cluster',
  version: 'it exchanges the CNI under running pods',
} as const;

/** Every remediation that cniwatch carries out, and why it may not do so by itself; null where it may. */
export const REMEDIATIONS: Readonly<Record<string, string | null>> = {
  'add-ip-pool': null,
  'add-pod-subnet': null,
  'allow-dns': null,
  'allow-dns-policy': null,
  'clean-finished-pods': null,
  'delete-leaked-enis': null,
  'enable-prefix-delegation': NO_AUTO.prefixes,
  'mount-bpf': NO_AUTO.node,
  'reapply-cni': null,
  'recycle-nodes': NO_AUTO.drain,
  'repair-cni-config': NO_AUTO.node,
  'reserve-prefix-space': null,
  'reset-cni': NO_AUTO.reset,
  'restart-bgp': null,
  'restart-cni': null,
  'restart-coredns': null,
  'rollback-cni-version': NO_AUTO.version,
  'suspend-network-policy': NO_AUTO.policy,
  'tune-warm-targets': null,
};

const rule = z
  .strictObject({
    remediation: z.enum([...Object.keys(REMEDIATIONS), '*']).describe('the remediation, by its id; "*" is every one'),
    policy: z
      .enum(['never', 'propose', 'auto'])
      .describe('never: not even proposed; propose: waits for an approval; auto: runs by itself, after its preflight'),
    match,
    window: timeWindow.optional().describe('when it may run by itself; outside it is proposed'),
  })
  .superRefine(({ remediation, policy, window }, context) => {
    if (window !== undefined && policy !== 'auto') {
      context.addIssue({ code: 'custom', path: ['window'], message: 'a window is for the policy auto' });
    }
    if (policy !== 'auto') return;
    const why = remediation === '*' ? 'name the remediations that may run by themselves, one by one' : REMEDIATIONS[remediation];
    if (why) context.addIssue({ code: 'custom', path: ['policy'], message: `${remediation} can never be auto: ${why}` });
  });

export const remediations = z
  .strictObject({
    killSwitch: z.boolean().default(false).describe('true: nothing is proposed or carried out, whatever else says'),
    default: z.enum(['never', 'propose']).default('propose').describe('what holds where no rule matches'),
    rules: z.array(rule).default([]).describe('of several that match, the later wins'),
  })
  .prefault({})
  .describe('what cniwatch may do about findings');
export type RemediationSettings = z.infer<typeof remediations>;
