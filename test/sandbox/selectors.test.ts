import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { fieldSelector, labelSelector, SelectorInvalid, unsupportedField } from '#lib/sandbox/selectors.ts';
import type { KubernetesObject } from '#lib/sandbox/world.ts';

const labelled = (labels?: Readonly<Record<string, string>>): KubernetesObject => ({
  metadata: { name: 'web', namespace: 'shop', ...(labels && { labels }) },
  spec: { nodeName: 'a', hostNetwork: true },
  status: { podIP: null },
});

describe('a label selector', () => {
  const web = { app: 'web', tier: 'front', empty: '' };
  it.each<[string | null, boolean]>([
    [null, true],
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app = web', true],
    ['app=db', false],
    ['app!=db', true],
    ['app!=web', false],
    ['none!=web', true],
    ['app', true],
    ['none', false],
    ['!none', true],
    ['!app', false],
    ['! none', true],
    ['empty=', true],
    ['empty', true],
    ['none=', false],
    ['app in (db,web)', true],
    ['app in(db, web)', true],
    ['app in (db)', false],
    ['none in (web)', false],
    ['app notin (db)', true],
    ['app notin (db,web)', false],
    ['none notin (web)', true],
    ['app=web,tier=front', true],
    ['app=web,tier=back', false],
    ['app in (db,web),tier notin (back),!none', true],
    // What every object of the language has is no label.
    ['constructor', false],
    ['!toString', true],
    ['constructor!=web', true],
  ])('%j', (text, chosen) => {
    expect(labelSelector(text)(labelled(web))).toBe(chosen);
  });

  it('reads an object without labels as one of none', () => {
    expect(labelSelector('!app')(labelled())).toBe(true);
    expect(labelSelector('app')(labelled())).toBe(false);
  });

  it.each(['=web', 'app in web', 'app in (web', 'app web', 'a=b=c', '!', 'app notin'])('%j is refused', (text) => {
    expect(() => labelSelector(text)).toThrow(SelectorInvalid);
  });

  test('chooses what each of its terms chooses, whatever they are', () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const value = fc.constantFrom<string>('x', 'y', '');
    const term = fc.oneof(
      fc.tuple(key, value).map(([k, v]) => ({ text: `${k}=${v}`, holds: (at: Labels) => at.get(k) === v })),
      fc.tuple(key, value).map(([k, v]) => ({ text: `${k}!=${v}`, holds: (at: Labels) => at.get(k) !== v })),
      key.map((k) => ({ text: k, holds: (at: Labels) => at.has(k) })),
      key.map((k) => ({ text: `!${k}`, holds: (at: Labels) => !at.has(k) })),
      fc
        .tuple(key, fc.uniqueArray(value, { minLength: 1 }))
        .map(([k, all]) => ({ text: `${k} in (${all})`, holds: (at: Labels) => all.includes(at.get(k) ?? '-') })),
      fc
        .tuple(key, fc.uniqueArray(value, { minLength: 1 }))
        .map(([k, all]) => ({ text: `${k} notin (${all})`, holds: (at: Labels) => !all.includes(at.get(k) ?? '-') })),
    );
    fc.assert(
      fc.property(fc.dictionary(key, value), fc.array(term, { maxLength: 4 }), (labels, terms) => {
        const object = labelled(labels);
        const all = new Map(Object.entries(labels));
        const chosen = labelSelector(terms.map(({ text }) => text).join())(object);
        expect(chosen).toBe(terms.every(({ holds }) => holds(all)));
      }),
    );
  });
});

type Labels = ReadonlyMap<string, string>;

describe('a field selector', () => {
  it.each<[string | null, boolean]>([
    [null, true],
    ['metadata.name=web', true],
    ['metadata.name==web', true],
    ['metadata.name!=web', false],
    ['metadata.name=web,metadata.namespace=shop', true],
    ['metadata.name=web,metadata.namespace=none', false],
    ['spec.nodeName=a', true],
    ['spec.hostNetwork=true', true],
    // An absent field and null are the empty string.
    ['status.podIP=', true],
    ['status.phase!=Running', true],
    ['status.phase=', true],
  ])('%j', (text, chosen) => {
    expect(fieldSelector(text)(labelled())).toBe(chosen);
  });

  it.each(['metadata.name', '=web'])('%j is refused', (text) => {
    expect(() => fieldSelector(text)).toThrow(SelectorInvalid);
  });

  it.each([
    ['Pod', 'spec.nodeName=a', undefined],
    ['Node', 'spec.nodeName=a', 'spec.nodeName'],
    ['Node', 'metadata.name=a', undefined],
    ['Pod', 'metadata.name=a,spec.image=x', 'spec.image'],
    ['ENIConfig', 'spec.subnet=x', 'spec.subnet'],
    ['Pod', null, undefined],
  ])('of a %s by %j is told which field it cannot have: %j', (kind, text, field) => {
    expect(unsupportedField(kind, text)).toBe(field);
  });
});
