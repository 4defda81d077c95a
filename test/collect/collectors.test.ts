import { describe, expect, it } from 'vitest';
import { COLLECTORS } from '#lib/collect/collectors.ts';
import { gatherPermissions, OPT_IN_PERMISSIONS, READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { OPT_IN_SOURCES } from '#lib/model/collector.ts';
import { SLICE_KEYS, type SliceKey } from '#lib/model/snapshot.ts';

describe('the registry of collectors', () => {
  it('has one collector for each slice, under its own key', () => {
    expect(Object.keys(COLLECTORS).sort()).toEqual([...SLICE_KEYS].sort());
    for (const [key, collector] of Object.entries(COLLECTORS)) expect(collector.key).toBe(key);
  });

  it('has no circle of needs, which would never start', () => {
    const done = new Set<SliceKey>();
    const waiting = new Set(SLICE_KEYS);
    for (let before = -1; waiting.size > 0 && waiting.size !== before; ) {
      before = waiting.size;
      for (const key of waiting) {
        if (!COLLECTORS[key].needs.every((need) => done.has(need))) continue;
        done.add(key);
        waiting.delete(key);
      }
    }
    expect([...waiting]).toEqual([]);
  });

  it('leaves out, unless named, those that the configuration knows as opt-in', () => {
    const optIn = Object.values(COLLECTORS).filter((collector) => collector.optIn);
    expect(optIn.map(({ key }) => key)).toEqual(OPT_IN_SOURCES);
    expect(Object.keys(OPT_IN_PERMISSIONS)).toEqual(OPT_IN_SOURCES);
    expect(READ_PERMISSIONS.kubernetes.flatMap(({ resources }) => resources)).not.toContain('pods/proxy');
  });

  it('only ever reads', () => {
    for (const { action } of READ_PERMISSIONS.aws)
      expect(action).toMatch(/^(eks|ec2|autoscaling|servicequotas):(Describe|List|Get)\w+$/);
    for (const { verbs, resourceNames } of READ_PERMISSIONS.kubernetes)
      expect(verbs).toEqual([resourceNames === undefined ? 'list' : 'get']);
    expect(READ_PERMISSIONS.kubernetes.flatMap(({ resources }) => resources)).not.toContain('secrets');
  });
});

describe('gatherPermissions', () => {
  it('gives each entry once and one rule a group, in a stable order', () => {
    const a = {
      aws: [{ action: 'ec2:B', resource: '*' as const }],
      kubernetes: [{ apiGroup: '', resources: ['pods'], verbs: ['list' as const] }],
    };
    const b = {
      aws: [
        { action: 'ec2:A', resource: '*' as const },
        { action: 'ec2:B', resource: '*' as const },
      ],
      kubernetes: [
        { apiGroup: 'apps', resources: ['daemonsets'], verbs: ['list' as const] },
        { apiGroup: '', resources: ['nodes', 'pods'], verbs: ['list' as const] },
      ],
    };
    const gathered = gatherPermissions([a, b]);
    expect(gathered).toEqual(gatherPermissions([b, a]));
    expect(gathered.aws.map(({ action }) => action)).toEqual(['ec2:A', 'ec2:B']);
    expect(gathered.kubernetes).toEqual([
      { apiGroup: '', resources: ['nodes', 'pods'], verbs: ['list'] },
      { apiGroup: 'apps', resources: ['daemonsets'], verbs: ['list'] },
    ]);
  });
});
