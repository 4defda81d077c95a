/**
 * Remembers a pure function's answer for the same arguments, told apart by identity, for as long as the first object among them
 * lives: several checks ask for one join of the same Snapshot.
 */
export function remember<A extends readonly unknown[], V>(compute: (...args: A) => V): (...args: A) => V {
  const answers = new WeakMap<object, { readonly args: A; readonly value: V }[]>();
  return (...args) => {
    const key = args.find((arg) => typeof arg === 'object' && arg !== null);
    if (key === undefined) return compute(...args);
    const known = answers.get(key as object) ?? [];
    const same = known.find((answer) => answer.args.every((arg, at) => Object.is(arg, args[at])));
    if (same !== undefined) return same.value;
    const value = compute(...args);
    answers.set(key as object, [...known, { args, value }]);
    return value;
  };
}
