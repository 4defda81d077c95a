import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { OPT_IN_PERMISSIONS, READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { DEFAULT_COLLECT_SETTINGS } from '#lib/model/collect-settings.ts';
import { OPT_IN_SOURCES } from '#lib/model/collector.ts';
import { MANAGED_BY, onboardingManifest } from '#lib/onboard/manifest.ts';
import { manifestText } from '#lib/onboard/manifest-text.ts';
import { placeOf } from '#lib/onboard/place.ts';

const everything = onboardingManifest(OPT_IN_SOURCES, DEFAULT_COLLECT_SETTINGS);
const rulesOf = (objects: typeof everything) =>
  objects.flatMap(
    ({ rules = [] }) => rules as readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[],
  );

test('holds what the collectors declare, and nothing else', () => {
  const rights = (rules: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[]) =>
    rules.flatMap(({ resources, verbs }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`))).sort();
  const declared = [READ_PERMISSIONS, ...OPT_IN_SOURCES.map((source) => OPT_IN_PERMISSIONS[source])];
  expect(rights(rulesOf(everything))).toEqual(rights(declared.flatMap((each) => each?.kubernetes ?? [])));
});

test('without opt-in sources only reads', () => {
  const verbs = new Set(rulesOf(onboardingManifest([], DEFAULT_COLLECT_SETTINGS)).flatMap((rule) => rule.verbs));
  expect([...verbs].sort()).toEqual(['get', 'list']);
});

test('every object says who manages it, and has a place of its own', () => {
  for (const { metadata } of everything) expect(metadata.labels).toMatchObject(MANAGED_BY);
  const places = everything.map((object) => placeOf(object).path);
  expect(new Set(places).size).toBe(places.length);
});

test('a namespace stands before what is in it', () => {
  for (const [index, { metadata }] of everything.entries()) {
    if (metadata.namespace === undefined || metadata.namespace === 'kube-system') continue;
    const at = everything.findIndex(({ kind, metadata: { name } }) => kind === 'Namespace' && name === metadata.namespace);
    if (at >= 0) expect(at).toBeLessThan(index);
  }
});

test('as text it is the same objects', () => {
  expect(parseAllDocuments(manifestText(everything)).map((document) => document.toJS())).toEqual(everything);
});
