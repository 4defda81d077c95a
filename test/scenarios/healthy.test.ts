/** Nothing is wrong, and every source may look: whoever says otherwise would wake somebody for nothing. */
import { expect, test } from 'vitest';
import { canarySettings } from '#lib/model/canary-settings.ts';
import { DEFAULT_COLLECT_SETTINGS } from '#lib/model/collect-settings.ts';
import { assessWorld } from './assess-world.ts';
import { OUTSIDE } from './worlds/canary.ts';
import { HEALTHY } from './worlds/healthy.ts';

/** The time that a busy machine takes. */
const settings = {
  ...DEFAULT_COLLECT_SETTINGS,
  canary: { ...canarySettings.parse({ egress: [OUTSIDE] }), timeoutSeconds: 20 },
};

test.each(Object.entries(HEALTHY))('%s: no finding but ok, with all opt-in sources', async (_name, world) => {
  const { findings, collectors } = await assessWorld(world(), { settings });
  expect(collectors.filter(({ ok }) => !ok)).toEqual([]);
  const others = findings.filter(({ verdict }) => verdict !== 'ok' && verdict !== 'not-applicable');
  expect(others.map(({ check, verdict, summary }) => `${verdict} ${check}: ${summary}`)).toEqual([]);
});
