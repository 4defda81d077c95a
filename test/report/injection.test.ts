import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AssessmentDocument } from '#lib/model/assessment.ts';
import { plainText } from '#lib/model/plain-text.ts';
import { render as html } from '#lib/report/html.ts';
import { render as json } from '#lib/report/json.ts';
import { escapeMarkdown, render as markdown } from '#lib/report/markdown.ts';
import { render as table } from '#lib/report/table.ts';
import { aDocument, aFinding, anAssessment } from '#test/scenarios/assessments.ts';

const ESC = '\u001b';
const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style></title></table><h1>owned</h1>',
  '&lt;script&gt;',
  '| a | b |\n|---|---|',
  '`code` **bold** [link](javascript:alert(1)) ![image](https://evil.example/x.png)',
  '</details>\n\n# heading',
  'https://evil.example www.evil.example',
  `${ESC}[31mred${ESC}[0m`,
  `${ESC}]0;title\u0007`,
  '\u009b2J\u0085',
  'a\r\nb\tc\u2028d\u2029e',
  'abc\u202edef\u2066\u200b\ufeff',
  '\ud800 lone surrogate',
  '$& $1 $$',
];

/** Every place where a report shows text that a cluster's owner chose. */
const everywhere = (text: string): AssessmentDocument =>
  aDocument(
    anAssessment(
      [
        aFinding({
          check: text,
          resource: { kind: 'pod', id: text, name: `${text}x` },
          summary: text,
          evidence: { text, [`key ${text}`]: 1, list: [text, { deep: text }], records: [{ a: text }] },
          remediation: text,
        }),
        aFinding({ verdict: 'unknown', summary: text, evidence: { remedy: text } }),
        aFinding({ verdict: 'ok', resource: { kind: 'pod', id: text }, summary: text }),
        aFinding({ resource: { kind: 'pod', id: text }, summary: text, suppressed: { reason: text, until: text } }),
        aFinding({ suppressionExpired: { reason: text, until: text } }),
      ],
      {
        name: text,
        account: text,
        region: text,
        takenAt: text,
        configHash: `x${text}`,
        collectors: [{ id: text, ok: false, reason: text, remedy: text, durationMs: 1, calls: { [text]: 1 }, pages: 1 }],
      },
    ),
  );

const text = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...HOSTILE, '|', '\\', '<', '>', '"', '\n', ESC, ' ')).map((parts) => parts.join('')),
);
const forEveryText = (check: (text: string) => void): void => {
  fc.assert(
    fc.property(text, (value) => {
      check(value);
    }),
    { numRuns: 300 },
  );
};

/** The shape of a page: its tags with the names of their attributes' values cut. */
const tags = (page: string): string[] => page.match(/<[^>]*>/g) ?? [];
/** Bars that Markdown reads as borders of cells. */
const borders = (line: string): number => line.replace(/\\./g, '').split('|').length - 1;

describe('no text of a cluster breaks out', () => {
  test('of HTML: the elements are the same as with harmless text', () => {
    const harmless = tags(html(everywhere('harmless'), {}));
    forEveryText((value) => {
      expect(tags(html(everywhere(value), {}))).toEqual(harmless);
    });
  });

  test('of a Markdown table: the lines and their cells are the same as with harmless text', () => {
    const harmless = markdown(everywhere('harmless'), {}).split('\n').map(borders);
    forEveryText((value) => {
      const lines = markdown(everywhere(value), {}).split('\n');
      expect(lines.map(borders)).toEqual(harmless);
      expect(tags(lines.join('\n'))).toEqual(['<details>', '<summary>', '</summary>', '</details>']);
    });
  });

  test('into a terminal: no control or format character passes, in the table and in JSON', () => {
    forEveryText((value) => {
      expect(table(everywhere(value), {})).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
      expect(json(everywhere(value), {})).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    });
  });

  test('and JSON still says exactly what the document says', () => {
    forEveryText((value) => {
      expect(JSON.parse(json(everywhere(value), {}))).toEqual(JSON.parse(JSON.stringify(everywhere(value))));
    });
  });
});

test.each([
  [`${ESC}[1;31mred${ESC}[0m`, 'red'],
  ['two\nlines\tand a tab', 'two lines and a tab'],
  ['ab\u202ecd', 'abcd'],
  ['10.0.0.0/24 – Ünïcode ✓', '10.0.0.0/24 – Ünïcode ✓'],
])('%j reads %j', (given, plain) => expect(plainText(given)).toBe(plain));

test.each([
  ['eks_prod|x', 'eks\\_prod\\|x'],
  ['<b>', '&lt;b&gt;'],
  ['https://evil.example', 'https\\://evil.example'],
  ['10.0.0.0/24', '10.0.0.0/24'],
])('%j is %j in Markdown', (given, markdown) => expect(escapeMarkdown(given)).toBe(markdown));
