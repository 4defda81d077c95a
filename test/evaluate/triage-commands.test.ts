import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { confirmCommands } from '#lib/evaluate/triage/confirm.ts';
import { commandLine, nameForCommand, shellWord } from '#lib/evaluate/triage/shell-word.ts';
import { situationOf } from '#lib/evaluate/triage/situations.ts';
import type { Finding } from '#lib/model/finding.ts';
import { aFinding, anAssessment } from '#test/scenarios/assessments.ts';

const TARGET = anAssessment([]);
const commandsOf = (check: string, over: Partial<Finding>, access = {}) =>
  confirmCommands(situationOf({ check, evidence: {}, ...over }).id, [aFinding({ check, evidence: {}, ...over })], TARGET, access);

describe('a word', () => {
  test.each([
    ['--field-selector=spec.nodeName=n1', '--field-selector=spec.nodeName=n1'],
    ['', "''"],
    ['a b', "'a b'"],
    ['$(reboot)', "'$(reboot)'"],
    ["it's", "'it'\\''s'"],
    ['~root', "'~root'"],
  ])('%j is written as %s', (word, written) => {
    expect(shellWord(word)).toBe(written);
  });
  test('means itself to a shell', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '').toWellFormed()),
          { maxLength: 3 },
        ),
        (words) => {
          const line = commandLine(['printf', '%s\\n--\\n', ...words]) ?? '';
          const told = execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' });
          expect(told).toBe(words.length === 0 ? '\n--\n' : words.map((word) => `${word}\n--\n`).join(''));
        },
      ),
      { numRuns: 30 },
    );
  });
});

test.each([
  ['ip-10-0-0-1.ec2.internal', true],
  ['shop/api', true],
  ['--kubeconfig=/tmp/evil', false],
  ['a\nb', false],
  ['a\u001b[2Jb', false],
  ['a\u202eb', false],
  ['', false],
  [7, false],
])('%j may be in a command: %s', (name, may) => {
  expect(nameForCommand(name) !== undefined).toBe(may);
});

describe('the commands', () => {
  const node = { kind: 'node', id: 'n1' } as const;
  test.each<[string, Partial<Finding>, string]>([
    [
      'cni-agents',
      { resource: { kind: 'daemonset', id: 'kube-system/aws-node' } },
      'kubectl -n kube-system get daemonset aws-node -o wide',
    ],
    [
      'cni-agents',
      { resource: node, evidence: { agentPod: 'kube-system/aws-node-x' } },
      'kubectl -n kube-system logs aws-node-x --all-containers --previous --tail=50',
    ],
    ['node-readiness', { resource: node }, 'kubectl describe node n1'],
    [
      'cni-permissions',
      { evidence: { serviceAccount: 'kube-system/aws-node' } },
      'kubectl auth can-i --list --as=system:serviceaccount:kube-system:aws-node',
    ],
    [
      'subnet-ip-exhaustion',
      { resource: { kind: 'subnet', id: 'subnet-1' } },
      "aws ec2 describe-subnets --subnet-ids subnet-1 --query 'Subnets[].[SubnetId,AvailableIpAddressCount]' --output text --region eu-west-1",
    ],
    [
      'dns-security-groups',
      {
        resource: { kind: 'security-group', id: 'x' },
        evidence: { missingRule: { groupId: 'sg-1' }, furtherRules: [{ groupId: 'sg-2' }] },
      },
      'aws ec2 describe-security-group-rules --filters Name=group-id,Values=sg-1,sg-2 --output table --region eu-west-1',
    ],
    ['dns-network-policy', { resource: { kind: 'namespace', id: 'shop' } }, 'kubectl -n shop get networkpolicy -o yaml'],
    ['cluster-health', {}, 'aws eks describe-cluster --name shop-prod --region eu-west-1'],
  ])('of %s', (check, over, command) => {
    expect(commandsOf(check, over)[0]).toBe(command);
  });

  test('enter the cluster as the reader did', () => {
    const access = { kubeconfig: "/home/o'neil/kube config", context: 'prod', profile: 'ops' };
    expect(commandsOf('node-readiness', { resource: node }, access)[0]).toBe(
      "kubectl '--kubeconfig=/home/o'\\''neil/kube config' --context=prod describe node n1",
    );
    expect(commandsOf('cluster-health', {}, access)[0]).toContain('--profile=ops');
  });

  test.each([
    ['a name that is a flag', '-o=jsonpath'],
    ['a name with a line break', 'n1\nrm'],
  ])('%s is in none', (_what, id) => {
    expect(commandsOf('node-readiness', { resource: { kind: 'node', id } }).join('\n')).not.toContain(id);
  });

  test('only read, are four at the most, and there is always one', () => {
    const reading = / (get|describe|logs|explain|describe-[a-z-]+) /;
    fc.assert(
      fc.property(
        fc.constantFrom(
          'cni-agents',
          'calico-bgp',
          'coredns',
          'kube-proxy',
          'canary-egress',
          'calico-ipam',
          'eni-config',
          'cluster-health',
          'x',
        ),
        fc.constantFrom<Finding['resource'][]>(
          node,
          { kind: 'subnet', id: 's' },
          { kind: 'ip-pool', id: 'p', name: 'p' },
          { kind: 'node', id: '-x' },
        ),
        (check, resource) => {
          const commands = commandsOf(check, { resource });
          expect(commands.length).toBeGreaterThan(0);
          expect(commands.length).toBeLessThanOrEqual(4);
          for (const command of commands) expect(command).toMatch(reading);
        },
      ),
    );
  });
});
