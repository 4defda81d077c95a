import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isDone, readCanaryLog } from '#lib/collect/probes/canary-log.ts';
import { canaryReport } from '#lib/model/canary.ts';
import { logOf } from '#test/scenarios/worlds/canary.ts';

const line = (fields: object) => JSON.stringify({ exit: 0, ms: 10, said: '', ...fields });
const lookup = (fields: object = {}) =>
  line({ test: 'lookup', of: 'resolver', server: '10.0.0.2', name: 'kubernetes.default.svc.cluster.local', ...fields });
const DONE = '{"test":"done"}';
const read = (...lines: readonly string[]) => readCanaryLog(`${lines.join('\n')}\n`);

describe('a log', () => {
  it('groups the attempts at one name by one server, and keeps the words of those that failed', () => {
    const silent = lookup({ exit: 143, ms: 4_000, said: ' ' });
    const refused = lookup({ exit: 1, said: "** server can't find x: REFUSED " });
    expect(read(lookup(), silent, refused, lookup({ server: '10.0.0.3', name: 'a.example.com.' }), DONE)).toMatchObject({
      complete: true,
      lookups: [
        {
          server: '10.0.0.2',
          attempts: [
            { outcome: 'answered', ms: 10 },
            { outcome: 'no-answer', ms: 4_000 },
            { outcome: 'refused', ms: 10, said: "** server can't find x: REFUSED" },
          ],
        },
        { server: '10.0.0.3', name: 'a.example.com' },
      ],
    });
  });

  it('tells routes by family, and nothing of one whose tool failed', () => {
    const routes = (family: string, exit: number, said: string) => line({ test: 'routes', family, exit, said });
    expect(
      read(routes('ipv4', 0, 'default via 169.254.1.1 dev eth0 ;169.254.1.1 dev eth0 '), routes('ipv6', 127, '')).routes,
    ).toEqual({
      ipv4: ['default via 169.254.1.1 dev eth0', '169.254.1.1 dev eth0'],
    });
  });

  it('of a clock that was set back takes no time for negative', () => {
    expect(read(lookup({ ms: -50 })).lookups[0]?.attempts).toMatchObject([{ ms: 0 }]);
  });

  it.each([
    ['nothing', ''],
    ['no end', lookup()],
    ['a line that is no JSON', `sh: out of memory\n${lookup()}\n${DONE}`],
    ['a field too many', `${lookup({ more: 1 })}\n${DONE}`],
    ['a test that is unknown', `${line({ test: 'other' })}\n${DONE}`],
    ['words without end', `${lookup({ said: 'x'.repeat(5_000) })}\n${DONE}`],
    ['lines without end', `${`${lookup()}\n`.repeat(2_000)}${DONE}`],
    ['a code that is none', `${lookup({ exit: 900 })}\n${DONE}`],
    ['a line that is null', `null\n${DONE}`],
  ])('that has %s is not complete', (_, log) => expect(readCanaryLog(log).complete).toBe(false));

  it('is at its end where the script says so, and nowhere else', () => {
    expect([isDone(`${lookup()}\n${DONE}\n`), isDone(lookup({ said: DONE })), isDone('')]).toEqual([true, false, false]);
  });
});

const WHO = { podName: 'p', nodeName: 'n' };
test('what it says is what a Snapshot takes', () => {
  const report = { ...WHO, ...readCanaryLog(logOf({ resolver: 'in part', outside: 'silent', ways: [] })) };
  expect(canaryReport.parse(report)).toEqual(report);
});

test('no log whatever breaks it', () => {
  const noise = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom(DONE, lookup()),
    fc
      .record({ test: fc.constantFrom('lookup', 'peer', 'routes'), said: fc.string(), exit: fc.anything() })
      .map((one) => JSON.stringify(one)),
  );
  fc.assert(
    fc.property(fc.array(noise), (lines) => {
      const report = { ...WHO, ...readCanaryLog(lines.join('\n')) };
      expect(canaryReport.safeParse(report).success).toBe(true);
    }),
  );
});
