import { describe, expect, test } from 'vitest';
import type { ConfigMap } from '#lib/model/kubernetes.ts';
import { type CoreDnsCorefile, type CorefileContext, coreDnsCorefile } from '#lib/network/dns/coredns-corefile.ts';

const CONTEXT: CorefileContext = { serviceIps: ['172.20.0.10'], port: 53, asksItself: false };
const at = { namespace: 'kube-system', name: 'coredns', omitted: [] };
const withFile = (text: string): ConfigMap => ({ ...at, data: { Corefile: text } });
const judge = (text: string, over: Partial<CorefileContext> = {}) => coreDnsCorefile(withFile(text), { ...CONTEXT, ...over });

/** Faults in words, or the state where it was not read. */
function faults(of: CoreDnsCorefile): readonly string[] | string {
  if (of.state !== 'read') return of.state;
  return of.faults.map((fault) => Object.values(fault).join(' '));
}

const server = (...plugins: readonly string[]) => `.:53 {\n${plugins.join('\n')}\n}`;
const KUBERNETES = 'kubernetes cluster.local in-addr.arpa ip6.arpa';
const FORWARD = 'forward . /etc/resolv.conf';

describe('what is wrong with a Corefile', () => {
  test.each<[string, string, Partial<CorefileContext>, readonly string[] | string]>([
    ['nothing', server(KUBERNETES, FORWARD), {}, []],
    ['no plugin kubernetes', server(FORWARD), {}, ['no-kubernetes']],
    ['no plugin that forwards', server(KUBERNETES), {}, ['no-forward']],
    ['grpc forwards too', server(KUBERNETES, 'grpc . 10.0.0.2:443'), {}, []],
    ['nothing at all', '', {}, ['no-server-on-port 53']],
    ['a server on another port', server(KUBERNETES, FORWARD), { port: 1053 }, ['no-server-on-port 1053']],
    ['a server without a port, by the flag', `. {\n${KUBERNETES}\n${FORWARD}\n}`, { port: 1053, defaultPort: 1053 }, []],
    ['a server of TLS alone', 'tls://.:53 {\nkubernetes\nforward . 10.0.0.2\n}', {}, ['no-server-on-port 53']],
    ['an import may hold the rest', server('import custom/*.override'), {}, []],
    ['each in a server of its own', `cluster.local {\n${KUBERNETES}\n}\n. {\n${FORWARD}\n}`, {}, []],
    ['it cannot be read', server(KUBERNETES, 'forward . 10.0.0.2 }'), {}, 'broken'],
    ['to the Service', server(KUBERNETES, 'forward . 172.20.0.10'), {}, ['forwards-to-itself . 172.20.0.10']],
    [
      'to the Service by scheme and port',
      server(KUBERNETES, 'forward . dns://172.20.0.10:53'),
      {},
      ['forwards-to-itself . 172.20.0.10'],
    ],
    ['to another port of its address', server(KUBERNETES, 'forward . 172.20.0.10:5353'), {}, []],
    ['to the loopback address', server(KUBERNETES, 'forward . 10.0.0.2 127.0.0.1'), {}, ['forwards-to-itself . 127.0.0.1']],
    [
      'to the loopback address, over IPv6',
      server(KUBERNETES, 'forward example.org [::1]:53'),
      {},
      ['forwards-to-itself example.org ::1'],
    ],
    [
      'to another server of the same process',
      `${server(KUBERNETES, 'forward . 127.0.0.1:5301')}\n.:5301 {\nforward . tls://8.8.8.8\n}`,
      {},
      [],
    ],
    ['over TLS', server(KUBERNETES, 'forward . tls://127.0.0.1'), {}, []],
    [
      'to a resolver that is itself',
      server(KUBERNETES, FORWARD),
      { asksItself: true },
      ['forwards-to-itself . /etc/resolv.conf'],
    ],
    ['the Service was not read', server(KUBERNETES, 'forward . 172.20.0.10'), { serviceIps: [] }, []],
  ])('%s', (_name, text, over, expected) => {
    expect(faults(judge(text, over))).toEqual(expected);
  });

  test.each<[string, ConfigMap | undefined, Extract<CoreDnsCorefile, { reason: string }>['state']]>([
    ['nobody asked', undefined, 'unread'],
    ['it was refused', { ...at, unread: 'configmaps "coredns" is forbidden' }, 'unread'],
    ['it is too long', { ...at, data: {}, omitted: ['Corefile'] }, 'unread'],
    ['the cluster has none', at, 'missing'],
    ['it holds something else', { ...at, data: { Caddyfile: '' } }, 'missing'],
  ])('%s', (_name, configMap, state) => {
    expect(coreDnsCorefile(configMap, CONTEXT).state).toBe(state);
  });
});

test('tells of it what somebody would ask', () => {
  expect(
    judge(
      server('kubernetes corp.example. cluster.local 10.0.0.0/8 in-addr.arpa', 'forward . 10.0.0.2 10.0.0.3', 'cache 30', 'loop'),
    ),
  ).toEqual({
    state: 'read',
    faults: [],
    clusterDomains: ['corp.example', 'cluster.local'],
    forwards: ['10.0.0.2', '10.0.0.3'],
    plugins: { cache: true, loop: true, reload: false },
    imports: [],
  });
});

test('without zones the plugin kubernetes takes those of its server', () => {
  expect(judge(`corp.example.:53 {\nkubernetes\n${FORWARD}\n}`)).toMatchObject({ clusterDomains: ['corp.example'] });
});
