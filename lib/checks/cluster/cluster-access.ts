import * as z from 'zod';
import { defineCheck } from '#lib/model/check.ts';
import { asClause, type FailureCode } from '#lib/model/failure.ts';
import { plural } from '#lib/model/plural.ts';
import { SLICE_KEYS, type SliceKey } from '#lib/model/snapshot.ts';

/** A grant is missing. */
const DENIED: ReadonlySet<FailureCode> = new Set(['AccessDenied', 'Forbidden', 'Unauthorized']);
/** Nobody asked, or it waits for another source that failed and says so itself. */
const NO_FAILURE: ReadonlySet<FailureCode> = new Set(['NotEnabled', 'InputMissing', 'NotServed']);
/** Without these, next to nothing can be told of a cluster. */
const FIRST: readonly SliceKey[] = ['cluster', 'nodes', 'pods'];

export const check = defineCheck({
  id: 'cluster-access',
  title: 'What cniwatch itself can see',
  area: 'cluster',
  severity: 'warning',
  inputs: [],
  optional: SLICE_KEYS,
  options: z.object({}),
  metrics: [],
  docs: {
    question:
      'Could cniwatch read all that it asks for: the endpoint, with its token, by its IAM actions and RBAC verbs? Every check whose source failed is unknown; this one gathers the failures in one place, with the grant that each lacks.',
    verdicts: {
      warning: 'a source was refused or failed, and the cluster, its nodes and its pods were read',
      unknown: 'the cluster, its nodes or its pods were not read: next to nothing can be told',
    },
    evidence: {
      denied:
        'sources for which a grant is missing: `source`, `code`, `reason`, in `remedy` the grant, and `kind` where others of the source were read',
      failed: 'sources that failed otherwise: throttled, unreachable, cut short',
      dependent: 'sources that were not asked, since one that they need failed',
      read: 'sources that were read whole',
      notEnabled: 'opt-in sources that nobody switched on',
    },
    sources: [
      "cniwatch's own list of permissions: docs/permissions.md",
      'Amazon EKS User Guide, "Grant IAM users access to Kubernetes with EKS access entries" (https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html)',
    ],
  },
  remediations: [],
  evaluate({ optional, target }) {
    const all = SLICE_KEYS.flatMap((source) => {
      const slice = optional[source];
      if (!slice.ok) return [{ source, code: slice.code, reason: slice.reason, remedy: slice.remedy }];
      return (slice.unread ?? []).map((kind) => ({ source, ...kind }));
    });
    const sources = (of: readonly { readonly source: SliceKey }[]) => new Set(of.map(({ source }) => source)).size;
    const denied = all.filter(({ code }) => DENIED.has(code));
    const failed = all.filter(({ code }) => !DENIED.has(code) && !NO_FAILURE.has(code));
    const [first] = [...denied, ...failed];
    const names = (code: FailureCode) => all.filter((one) => one.code === code).map(({ source }) => source);
    const blind = FIRST.some((key) => !optional[key].ok);
    const read = SLICE_KEYS.length - sources(all);
    const partly = all.filter((one) => 'kind' in one);
    const inPart = partly.length > 0 ? `, ${sources(partly)} of these in part` : '';
    const most = first === undefined ? '' : `: ${asClause(first.reason)}`;
    return {
      findings: [
        {
          verdict: blind ? 'unknown' : first === undefined ? 'ok' : 'warning',
          resource: { kind: 'cluster', id: target.arn, name: target.name },
          summary: `${read} of ${SLICE_KEYS.length} sources were read; ${plural(sources(denied), 'source')} refused, ${sources(failed)} failed${inPart}${most}.`,
          evidence: { denied, failed, dependent: names('InputMissing'), read, notEnabled: names('NotEnabled') },
          ...(first !== undefined && !blind && { timeToImpact: 'days' as const }),
        },
      ],
      metrics: [],
    };
  },
});
