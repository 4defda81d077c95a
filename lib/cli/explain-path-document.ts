import type { PolicyChange } from '#lib/cli/explain-path-change.ts';
import { type DnsDocument, dnsDocument } from '#lib/cli/explain-path-dns.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';
import { addressText, type PathEnd } from '#lib/network/path/ends.ts';
import type { PathLayer } from '#lib/network/path/layer.ts';
import { type PathAnswer, type PathQuestion, pathVerdict } from '#lib/network/path/verdict.ts';

/** What `explain path --output json` prints. */
export interface PathDocument {
  readonly schemaVersion: 1;
  readonly takenAt: string;
  readonly cluster: Target;
  /** Policies that are tried; null where the cluster is judged as it is. */
  readonly with: Omit<PolicyChange, 'slices'> | null;
  /** Null where only --all-dns is asked. */
  readonly path: {
    readonly from: EndDocument;
    readonly to: EndDocument;
    readonly port: number;
    readonly protocol: 'tcp' | 'udp';
    readonly verdict: PathAnswer['verdict'];
    /** Without the policies that are tried; null where none are. */
    readonly before: PathAnswer['verdict'] | null;
    readonly layers: readonly PathLayer[];
  } | null;
  /** Null without --all-dns. */
  readonly dns: DnsDocument | null;
}

export interface EndDocument {
  /** `namespace/pod`, or an address. */
  readonly name: string;
  readonly address: string | null;
  readonly node: string | null;
}

export interface PathWish {
  readonly question: PathQuestion | undefined;
  readonly change: PolicyChange | undefined;
  readonly allDns: boolean;
}

export function pathDocument({ slices, takenAt, target }: Snapshot, { question, change, allDns }: PathWish): PathDocument {
  const judged = change?.slices ?? slices;
  return {
    schemaVersion: 1,
    takenAt,
    cluster: target,
    with: change === undefined ? null : changeDocument(change),
    path:
      question === undefined
        ? null
        : {
            from: endDocument(question.from),
            to: endDocument(question.to),
            port: question.port,
            protocol: question.protocol,
            before: change === undefined ? null : pathVerdict(slices, question).verdict,
            ...pathVerdict(judged, question),
          },
    dns: allDns ? dnsDocument(slices, change?.slices) : null,
  };
}

function changeDocument({ slices: _, ...change }: PolicyChange): Omit<PolicyChange, 'slices'> {
  return change;
}

function endDocument(end: PathEnd): EndDocument {
  if (end.kind === 'address') return { name: addressText(end.address), address: addressText(end.address), node: null };
  const { namespace, name, podIps, nodeName } = end.pod;
  return { name: `${namespace}/${name}`, address: podIps[0] ?? null, node: nodeName ?? null };
}
