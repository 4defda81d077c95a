import { describe, expect, test } from 'vitest';
import type { Pod } from '#lib/model/kubernetes.ts';
import { compilePolicies, policyVerdict } from '#lib/network/policy/network-policies.ts';
import { CONFORMANCE, type ConformanceCase, type Probe } from '#test/network/conformance-cases.ts';
import { aPod } from '#test/scenarios/slices.ts';

const SERVED = (['TCP', 'UDP', 'SCTP'] as const).flatMap((protocol) =>
  [80, 81].map((port) => ({ name: `serve-${port}-${protocol.toLowerCase()}`, containerPort: port, protocol })),
);

function podsOf({ pods, labels = {} }: ConformanceCase): Map<string, Pod> {
  return new Map(
    pods.split(' ').map((id, at) => {
      const [namespace = '', name = ''] = id.split('/');
      const containers = [{ name: 'c', image: 'c', init: false, ready: true, restartCount: 0, ports: SERVED }];
      return [
        id,
        aPod({
          namespace,
          name,
          labels: { pod: name, ...labels[id] },
          podIps: [`10.0.0.${at + 1}`],
          nodeName: `node-${at % 2}`,
          containers,
        }),
      ];
    }),
  );
}

function verdicts(of: ConformanceCase, { port = 80, protocol = 'TCP' }: Probe): Record<string, string> {
  const pods = podsOf(of);
  const names = [...new Set([...pods.values()].map(({ namespace }) => namespace))];
  const namespaces = names.map((name) => ({ name, labels: { 'kubernetes.io/metadata.name': name, ...of.labels?.[name] } }));
  const compiled = compilePolicies({ policies: of.policies, namespaces, resources: [] });
  return everyPair(pods.keys(), (from, to) => {
    const [source, destination] = [pods.get(from), pods.get(to)];
    if (source === undefined || destination === undefined) return 'no such pod';
    const end = (pod: Pod) => ({ kind: 'pod', pod }) as const;
    return policyVerdict(compiled, end(source), end(destination), { port, protocol }).verdict;
  });
}

function expected({ pods }: ConformanceCase, { except }: Probe): Record<string, string> {
  return everyPair(pods.split(' '), (from, to) => {
    const said = except.findLast((text) => {
      const [source = '', destination = ''] = text.replace('allow ', '').split(' > ');
      return covers(source, from) && covers(destination, to);
    });
    // That suite leaves a pod's talk with itself aside; the documentation has it that no policy stops it.
    return from === to || said === undefined || said.startsWith('allow ') ? 'allowed' : 'denied';
  });
}

function everyPair(ids: Iterable<string>, verdict: (from: string, to: string) => string): Record<string, string> {
  const all = [...ids];
  return Object.fromEntries(all.flatMap((from) => all.map((to) => [`${from} > ${to}`, verdict(from, to)])));
}

/** `*`, `x/*` or `x/a`. */
function covers(pattern: string, id: string): boolean {
  return pattern === '*' || pattern === id || (pattern.endsWith('/*') && id.startsWith(pattern.slice(0, -1)));
}

describe('as the conformance suite of NetworkPolicy has it', () => {
  test.each(CONFORMANCE)('$name', (of) => {
    for (const probe of of.probes) expect(verdicts(of, probe)).toEqual(expected(of, probe));
  });
});
