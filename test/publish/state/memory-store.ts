/** Scopes and outbox in memory, with the conditions of the table, and with a hook at each call that may fail it or hold it up. */
import type { PendingEvent } from '#lib/model/event.ts';
import type { FindingState } from '#lib/model/finding-state.ts';
import type { Outbox } from '#lib/publish/state/outbox.ts';
import type { Head, ScopeStore, ScopeWrite, Written } from '#lib/publish/state/scope-store.ts';

interface Scope {
  head: Head | undefined;
  readonly states: Map<string, FindingState>;
}

/** Called before and after each call takes effect; a throw is a crash there. */
export type Hook = (moment: 'before' | 'after', call: string) => Promise<void>;

export function memoryStore() {
  const scopes = new Map<string, Scope>();
  const waiting = new Map<string, PendingEvent>();
  /** Every event that was ever written to the outbox, in order. */
  const written: PendingEvent[] = [];

  const scopeOf = (scope: string): Scope => {
    const found = scopes.get(scope) ?? { head: undefined, states: new Map() };
    scopes.set(scope, found);
    return found;
  };
  const commit = (scope: string, { head, expected, changes }: ScopeWrite): Written => {
    const at = scopeOf(scope);
    const holds = ({ previous, state }: ScopeWrite['changes'][number]) =>
      at.states.get(state.fingerprint)?.changedBy === previous?.changedBy;
    if (at.head?.version !== expected || !changes.every(holds)) return 'conflict';
    at.head = head;
    for (const { state, event } of changes) {
      at.states.set(state.fingerprint, state);
      if (event === undefined) continue;
      waiting.set(event.transitionId, event);
      written.push(event);
    }
    return 'written';
  };
  const hooked = async <T>(hook: Hook | undefined, call: string, effect: () => T): Promise<T> => {
    await hook?.('before', call);
    const result = effect();
    await hook?.('after', call);
    return result;
  };

  return {
    waiting,
    written,
    states: (scope: string) => Object.fromEntries([...scopeOf(scope).states].sort(([a], [b]) => (a < b ? -1 : 1))),
    head: (scope: string) => scopeOf(scope).head,
    store: (hook?: Hook): ScopeStore => ({
      read: (scope) => hooked(hook, 'read', () => ({ head: scopeOf(scope).head, states: new Map(scopeOf(scope).states) })),
      write: (scope, write) => hooked(hook, 'write', () => commit(scope, write)),
    }),
    outbox: (hook?: Hook): Outbox => ({
      async *pending() {
        const events = await hooked(hook, 'pending', () => [...waiting.values()]);
        if (events.length > 0) yield events;
      },
      told: (event) => hooked(hook, 'told', () => void waiting.delete(event.transitionId)),
    }),
  };
}
