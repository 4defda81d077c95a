import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { StatePolicy } from '#lib/model/finding-state.ts';
import { transitionId } from '#lib/publish/state/finding-event.ts';
import { brief, POLICY, tellStory, timeOf } from '#test/publish/state/stories.ts';

/** w warning, c critical, o ok, n not-applicable, u unknown, x its check could not run, s and S suppressed, - not reported. */
test.each([
  ['nothing bad is told of nobody', 'oonuo', ''],
  ['one bad run is not believed', 'woo', ''],
  ['two bad runs of three open', 'ww', 'opened@1'],
  ['with a good one in between too', 'wow', 'opened@2'],
  ['two bad runs of four do not', 'woow', ''],
  ['an open one says nothing more while it stays as it is', 'wwwww', 'opened@1'],
  ['two good runs close', 'wwoo', 'opened@1 resolved(recovered)@3'],
  ['what does not apply any more is good', 'wwnn', 'opened@1 resolved(recovered)@3'],
  ['one good run does not close', 'wwowowow', 'opened@1'],
  ['a closed one opens anew', 'wwooww', 'opened@1 resolved(recovered)@3 opened@5'],
  ['critical escalates at once', 'wwc', 'opened@1 escalated@2'],
  ['once while it is open', 'wwcwcwc', 'opened@1 escalated@2'],
  ['and again once it opened anew', 'wwcoowwc', 'opened@1 escalated@2 resolved(recovered)@4 opened@6 escalated@7'],
  ['what opens as critical has nothing to escalate to', 'wccw', 'opened@1'],
  ['unknown does not open', 'uuuu', ''],
  ['does not count as bad', 'wuo', ''],
  ['nor as a run', 'wuuuw', 'opened@4'],
  ['does not close', 'wwuuuu', 'opened@1'],
  ['nor count as good', 'wwouuo', 'opened@1 resolved(recovered)@5'],
  ['nor break a row of good ones', 'wwouo', 'opened@1 resolved(recovered)@4'],
  ['does not escalate', 'wwuw', 'opened@1'],
  ['a check that could not run closes nothing, however long', `ww${'x'.repeat(30)}`, 'opened@1'],
  ['what nobody reports closes after an hour', `ww${'-'.repeat(7)}`, 'opened@1 resolved(no-longer-reported)@8'],
  ['and not before', `ww${'-'.repeat(6)}w`, 'opened@1'],
  ['the hour begins anew when it comes back', `ww-----w-----`, 'opened@1'],
  ['or when its check could not run', `ww-----x-----`, 'opened@1'],
  ['what was not open goes without a word', `w${'-'.repeat(9)}`, ''],
  ['and what came before does not count when it comes back', `w${'-'.repeat(9)}w`, ''],
  ['a suppressed one is not told', 'ssSS', ''],
  ['an open one that is suppressed is resolved as such', 'wwsss', 'opened@1 resolved(suppressed)@2'],
  ['when the suppression ends it opens again', 'wwssw', 'opened@1 resolved(suppressed)@2 opened@4'],
  ['a suppressed one that recovers goes without a word', 'ssoo', ''],
  ['what recovered while suppressed has to be bad twice again', 'sssooow', ''],
])('%s: %s', (_, letters, told) => {
  expect(brief(tellStory(letters))).toBe(told);
});

describe('the state', () => {
  test.each([
    ['w', 'pending'],
    ['ww', 'open'],
    ['wwo', 'open'],
    ['wwoo', 'resolved'],
    ['woo', 'resolved'],
    ['s', 'suppressed'],
    ['wws', 'suppressed'],
    ['sw', 'open'],
  ])('after %s is %s', (letters, status) => {
    expect(tellStory(letters).state?.status).toBe(status);
  });

  it('notes since when it is unknown, beside what it was', () => {
    const { state } = tellStory('wwuu');
    expect(state).toMatchObject({ status: 'open', verdict: 'warning', unknownSince: timeOf(20) });
    expect(tellStory('wwuuw').state).not.toHaveProperty('unknownSince');
  });

  it('notes since when it is missing', () => {
    expect(tellStory('ww--').state?.missing).toEqual({ since: timeOf(20), runs: 2 });
    expect(tellStory('ww--w').state).not.toHaveProperty('missing');
  });

  it.each(['wwwwwww', 'ccccc', 'wwuuuu', 'sssss', 'wwoooo', `wwoo${'-'.repeat(9)}`])(
    'is the same object, not to be written, once nothing changes: %s',
    (letters) => {
      const { states } = tellStory(letters);
      expect(states.at(-1)).toBe(states.at(-2));
    },
  );

  it('is written anew in time where nothing changes for months, so that it does not expire', () => {
    const { states } = tellStory('w'.repeat(120), POLICY, { minutes: 24 * 60 });
    for (const [day, state] of states.entries()) {
      expect(state?.expiresAt).toBeGreaterThan(Date.parse(timeOf(day * 24 * 60)) / 1000 + 50 * 24 * 3600);
    }
  });

  it('that nobody reports takes as many runs to close as a recovery, however far apart they are', () => {
    const policy = { ...POLICY, closeAfter: 3 };
    expect(brief(tellStory('ww--', policy, { minutes: 120 }))).toBe('opened@1');
    expect(brief(tellStory('ww---', policy, { minutes: 120 }))).toBe('opened@1 resolved(no-longer-reported)@4');
  });

  it('is kept as long as the policy says once it is closed', () => {
    const { state } = tellStory('wwoo', { ...POLICY, keepDays: 7 });
    expect(state?.expiresAt).toBe(Date.parse(timeOf(30)) / 1000 + 7 * 24 * 3600);
  });
});

describe('transitions', () => {
  const policies = fc
    .record({ of: fc.integer({ min: 1, max: 5 }), closeAfter: fc.integer({ min: 1, max: 4 }) })
    .chain(({ of, closeAfter }) =>
      fc.integer({ min: 1, max: of }).map((bad): StatePolicy => ({ openAfter: { bad, of }, closeAfter, keepDays: 90 })),
    );
  const runs = fc.string({ unit: fc.constantFrom('w', 'c', 'o', 'u'), maxLength: 40 });

  it('are those of the slow and obvious version, which looks at the whole past each time', () => {
    fc.assert(
      fc.property(runs, policies, (letters, policy) => {
        expect(brief(tellStory(letters, policy))).toBe(slow(letters, policy));
      }),
    );
  });

  it('alternate, and their sequence only grows, whatever happens', () => {
    const any = fc.string({ unit: fc.constantFrom(...'wcouxsS-'), maxLength: 60 });
    fc.assert(
      fc.property(any, policies, (letters, policy) => {
        const { told, state } = tellStory(letters, policy);
        const kinds = told.map(({ type }) => type[8]).join('');
        expect(kinds).toMatch(/^(OE?R)*(OE?)?$/);
        expect(state?.status === 'open').toBe(/[OE]$/.test(kinds));
        const sequences = told.map(({ sequence }) => sequence);
        expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
      }),
    );
  });

  it('have ids of their own, which do not change', () => {
    expect(transitionId('a', 1, 'Finding Opened')).toBe(transitionId('a', 1, 'Finding Opened'));
    const ids = [
      transitionId('a', 1, 'Finding Opened'),
      transitionId('b', 1, 'Finding Opened'),
      transitionId('a', 2, 'Finding Opened'),
      transitionId('a', 1, 'Finding Resolved'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

/** What is told in each run, from all runs up to it. */
function slow(letters: string, { openAfter, closeAfter }: StatePolicy): string {
  const told: string[] = [];
  let isOpen = false;
  let worst = '';
  for (let run = 0; run < letters.length; run++) {
    const judged = [...letters.slice(0, run + 1)].filter((letter) => letter !== 'u');
    const letter = letters[run] ?? '';
    if (letter === 'u') continue;
    const isBad = letter !== 'o';
    if (!isOpen && isBad && judged.slice(-openAfter.of).filter((each) => each !== 'o').length >= openAfter.bad) {
      told.push(`opened@${run}`);
      isOpen = true;
      worst = letter;
    } else if (isOpen && letter === 'c' && worst === 'w') {
      told.push(`escalated@${run}`);
      worst = letter;
    } else if (isOpen && judged.length >= closeAfter && judged.slice(-closeAfter).every((each) => each === 'o')) {
      told.push(`resolved(recovered)@${run}`);
      isOpen = false;
    }
  }
  return told.join(' ');
}
