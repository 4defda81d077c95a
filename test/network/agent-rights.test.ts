import { describe, expect, it, test } from 'vitest';
import type { DaemonSet } from '#lib/model/kubernetes.ts';
import { rightName } from '#lib/network/agent-permissions.ts';
import { agentAccount, rightsOf } from '#lib/network/agent-rights.ts';
import { agentContainer, type CniKind } from '#lib/network/cni.ts';
import { aDaemonSet } from '#test/scenarios/slices.ts';

/** An agent with these environment variables and arguments. */
function agent(kind: CniKind, env: Readonly<Record<string, string>> = {}, args: readonly string[] = []): DaemonSet {
  const container = { name: agentContainer(kind), image: 'agent:1', init: false, env, args: [...args] };
  const policyAgent = { ...container, name: 'aws-eks-nodeagent', env: {} };
  return aDaemonSet({ containers: kind === 'vpc-cni' ? [container, policyAgent] : [container] });
}

const names = (kind: CniKind, ...given: [env?: Readonly<Record<string, string>>, args?: readonly string[]]) =>
  rightsOf({ kind, daemonSet: agent(kind, ...given) }).map(({ apiGroups: [apiGroup = ''], ...right }) =>
    rightName({ ...right, apiGroup }),
  );

const OF_IPAMD = ['get nodes', 'list nodes', 'watch nodes', 'get pods', 'list pods', 'watch pods', 'create events'];

describe('what an agent needs at the API server', () => {
  it.each<[string, CniKind, Readonly<Record<string, string>>, readonly string[], readonly string[]]>([
    ['the VPC CNI as it comes', 'vpc-cni', {}, [], OF_IPAMD],
    [
      'with custom networking',
      'vpc-cni',
      { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true' },
      [],
      [...OF_IPAMD, ...['get', 'list', 'watch'].map((verb) => `${verb} eniconfigs.crd.k8s.amazonaws.com`)],
    ],
    [
      'with security groups for pods, and pods annotated',
      'vpc-cni',
      { ENABLE_POD_ENI: 'true', ANNOTATE_POD_IP: 'true' },
      [],
      [...OF_IPAMD, 'get cninodes.vpcresources.k8s.aws', 'patch cninodes.vpcresources.k8s.aws', 'patch pods'],
    ],
    [
      'with network policies',
      'vpc-cni',
      {},
      ['--enable-network-policy=true'],
      [...OF_IPAMD, ...['get', 'list', 'watch'].map((verb) => `${verb} policyendpoints.networking.k8s.aws`)],
    ],
    ['flannel of an etcd of its own', 'flannel', {}, ['--ip-masq'], []],
    ['flannel', 'flannel', {}, ['--ip-masq', '--kube-subnet-mgr'], ['list nodes', 'watch nodes', 'patch nodes/status']],
    ['Calico of an etcd of its own', 'calico', {}, [], ['get nodes', 'get pods', 'get namespaces', 'patch nodes/status']],
  ])('%s', (_situation, kind, env, args, expected) => {
    expect(names(kind, env, args).sort()).toEqual([...expected].sort());
  });

  it.each<[CniKind, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'cilium',
      {},
      ['watch ciliumnodes.cilium.io', 'update ciliumnodes.cilium.io', 'list customresourcedefinitions.apiextensions.k8s.io'],
    ],
    [
      'calico',
      { DATASTORE_TYPE: 'kubernetes' },
      ['watch ippools.crd.projectcalico.org', 'watch networkpolicies.networking.k8s.io'],
    ],
  ])('%s: its own kinds among others', (kind, env, expected) => {
    expect(names(kind, env)).toEqual(expect.arrayContaining([...expected]));
  });

  it.each<CniKind>(['vpc-cni', 'cilium', 'calico', 'flannel'])(
    '%s: each right once, and few enough to be asked every run',
    (kind) => {
      const all = names(kind, { DATASTORE_TYPE: 'kubernetes', ENABLE_POD_ENI: 'true' }, ['--kube-subnet-mgr']);
      expect(new Set(all).size).toBe(all.length);
      expect(all.length).toBeLessThanOrEqual(40);
    },
  );
});

test.each([
  [{ serviceAccountName: 'aws-node' }, 'aws-node'],
  [{}, 'default'],
])('an agent whose pods say %o runs as %s', (over, serviceAccount) => {
  expect(agentAccount(aDaemonSet({ namespace: 'kube-system', ...over }))).toEqual({ namespace: 'kube-system', serviceAccount });
});
