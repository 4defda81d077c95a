import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PrometheusSample, prometheusSamples } from '#lib/collect/kubernetes/prometheus-text.ts';

const sample = (name: string, value: number, labels: Record<string, string> = {}): PrometheusSample => ({ name, labels, value });

describe('lines of the Prometheus text format', () => {
  it.each<[string, string, PrometheusSample[]]>([
    ['a bare gauge', 'awscni_eni_max 3', [sample('awscni_eni_max', 3)]],
    ['labels', 'c{api="Attach",error="Nope"} 2', [sample('c', 2, { api: 'Attach', error: 'Nope' })]],
    ['a comma after the last label', 'c{api="A",} 2', [sample('c', 2, { api: 'A' })]],
    ['no label in the braces', 'c{} 2', [sample('c', 2)]],
    ['braces, spaces and equal signs in a label', 'c{cidr="a } b = {"} 2', [sample('c', 2, { cidr: 'a } b = {' })]],
    ['escapes in a label', String.raw`c{a="\"q\" \\ \n"} 2`, [sample('c', 2, { a: '"q" \\ \n' })]],
    ['a time stamp', 'c 2 1732417200000', [sample('c', 2)]],
    ['blanks around everything', '  c { a = "b" }  2.5e3 \r', [sample('c', 2500, { a: 'b' })]],
    ['comments and empty lines', '# HELP c d\n# TYPE c counter\n\nc 1\n', [sample('c', 1)]],
    ['what is no number, or no finite one', 'a NaN\nb +Inf\nc -Inf\nd 1\ne one\nf', [sample('d', 1)]],
    ['a page of a proxy', '<html><body>Sign in 1</body></html>', []],
    ['nothing', '', []],
  ])('%s', (_, text, wanted) => {
    expect(prometheusSamples(text)).toEqual(wanted);
  });
});

/** As client_golang writes them. */
function written({ name, labels, value }: PrometheusSample): string {
  const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
}

const anySample: fc.Arbitrary<PrometheusSample> = fc.record({
  name: fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,20}$/),
  labels: fc.dictionary(
    fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/).filter((key) => key !== '__proto__'),
    fc.string({ unit: 'binary' }).filter((text) => !text.includes('\r')),
    { maxKeys: 4, noNullPrototype: true },
  ),
  value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0 || 0),
});

it('property: what is written is read back', () => {
  fc.assert(
    fc.property(fc.array(anySample, { maxLength: 5 }), (samples) => {
      expect(prometheusSamples(samples.map(written).join('\n'))).toEqual(samples);
    }),
  );
});
