import { expect, test } from 'vitest';
import { connectionOutcome, datagramOutcome, lookupOutcome } from '#lib/collect/probes/canary-outcomes.ts';

const can = (code: string) => `Server: 10.0.0.2;Address: 10.0.0.2:53;;** server can't find x.: ${code}`;

// Of BusyBox 1.35's nslookup against a name server that answers so.
test.each([
  [0, 'Name: kubernetes.default.svc.cluster.local;Address: 10.100.0.1', 'answered'],
  [0, 'Server: 10.0.0.2;;Non-authoritative answer:', 'answered'],
  [1, can('NXDOMAIN'), 'no-such-name'],
  [1, can('SERVFAIL'), 'server-failure'],
  [1, can('REFUSED'), 'refused'],
  [1, ';; connection timed out; no servers could be reached', 'no-answer'],
  [143, 'nslookup: read: Connection refused', 'no-answer'],
  [143, '', 'no-answer'],
  [124, '', 'no-answer'],
  [127, 'timeout: failed to run command nslookup: No such file or directory', 'unclear'],
  [1, 'nslookup: unrecognized option: type=a;Usage: nslookup HOST [DNS_SERVER]', 'unclear'],
  [2, 'something new', 'unclear'],
])('nslookup that ends with %i and %j: %s', (exit, said, outcome) => expect(lookupOutcome({ exit, said })).toBe(outcome));

test.each([
  ['nc', 0, '10.0.0.9 (10.0.0.9:8080) open', 'reached'],
  ['nc', 1, 'nc: 10.0.0.9 (10.0.0.9:8080): Connection refused', 'refused'],
  ['nc', 1, 'nc: 10.0.0.9 (10.0.0.9:8080): Connection timed out', 'no-answer'],
  ['nc', 1, 'nc: 10.0.0.9 (10.0.0.9:8080): No route to host', 'no-route'],
  ['nc', 1, 'nc: 10.0.0.9 (10.0.0.9:8080): Network is unreachable', 'no-route'],
  ['nc', 1, "nc: bad address 'kubernetes.default'", 'unresolved'],
  ['nc', 143, '', 'unresolved'],
  ['nc', 1, "nc: invalid option -- 'z';Usage: nc [-iN]", 'unclear'],
  ['nc', 127, 'sh: nc: not found', 'unclear'],
  ['nc', 1, '', 'unclear'],
  ['wget', 0, '', 'reached'],
  ['wget', 1, 'wget: server returned error: HTTP/1.1 403 Forbidden', 'reached'],
  ['wget', 1, 'wget: TLS error from peer (alert code 40): handshake failure', 'reached'],
  ['wget', 1, "wget: can't connect to remote host (10.0.0.9): Connection refused", 'refused'],
  ['wget', 1, "wget: can't connect to remote host: Network is unreachable", 'no-route'],
  ['wget', 1, 'wget: download timed out', 'no-answer'],
  ['wget', 1, "wget: bad address 'example.com'", 'unresolved'],
  ['wget', 143, '', 'no-answer'],
] as const)('%s that ends with %i and %j: %s', (tool, exit, said, outcome) =>
  expect(connectionOutcome(tool, { exit, said })).toBe(outcome),
);

test.each([
  [0, 'cniwatch', 'reached'],
  [0, '', 'no-answer'],
  [0, 'Terminated', 'no-answer'],
  [0, 'nc: read: Connection refused', 'refused'],
  [0, 'nc: 10.0.0.9: No route to host', 'no-route'],
  [0, "nc: invalid option -- 'u'", 'unclear'],
  [0, 'another word', 'unclear'],
])('a datagram after which %i and %j come back: %s', (exit, said, outcome) =>
  expect(datagramOutcome({ exit, said })).toBe(outcome),
);
