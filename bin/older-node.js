// What the compiled code uses of JavaScript and Node 20 lacks, as ECMAScript 2025 defines it. Changes nothing on Node 22 and newer.
// In the package only: the checkout brings its own Node.

const define = (object, functions) => {
  for (const [name, value] of Object.entries(functions)) {
    if (!(name in object)) Object.defineProperty(object, name, { value, writable: true, configurable: true });
  }
};

define(Map, {
  groupBy(items, keyOf) {
    const groups = new Map();
    let index = 0;
    for (const item of items) {
      const key = keyOf(item, index++);
      if (groups.has(key)) groups.get(key).push(item);
      else groups.set(key, [item]);
    }
    return groups;
  },
});

define(Object, {
  groupBy: (items, keyOf) =>
    Object.assign(Object.create(null), Object.fromEntries(Map.groupBy(items, (item, index) => String(keyOf(item, index))))),
});

define(Promise, {
  withResolvers() {
    const settle = {};
    const promise = new Promise((resolve, reject) => Object.assign(settle, { resolve, reject }));
    return { promise, ...settle };
  },
});

/** Every iterator of the language inherits from this; generators too, so that the helpers below can be chained. */
const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

define(IteratorPrototype, {
  *map(change) {
    let index = 0;
    for (const item of this) yield change(item, index++);
  },
  *filter(keep) {
    let index = 0;
    for (const item of this) if (keep(item, index++)) yield item;
  },
  *flatMap(change) {
    let index = 0;
    for (const item of this) yield* change(item, index++);
  },
  *take(limit) {
    let left = limit;
    if (left <= 0) return;
    for (const item of this) {
      yield item;
      if (--left <= 0) return;
    }
  },
  *drop(limit) {
    let left = limit;
    for (const item of this) if (--left < 0) yield item;
  },
  some(test) {
    let index = 0;
    for (const item of this) if (test(item, index++)) return true;
    return false;
  },
  every(test) {
    return !this.some((item, index) => !test(item, index));
  },
  find(test) {
    let index = 0;
    for (const item of this) if (test(item, index++)) return item;
    return undefined;
  },
  forEach(use) {
    let index = 0;
    for (const item of this) use(item, index++);
  },
  reduce(...given) {
    return [...this].reduce(...given);
  },
  toArray() {
    return [...this];
  },
});

if (typeof Iterator === 'undefined') {
  globalThis.Iterator = Object.assign(function Iterator() {}, {
    prototype: IteratorPrototype,
    *from(items) {
      yield* items;
    },
  });
}

define(Set.prototype, {
  union(other) {
    return new Set([...this, ...other.keys()]);
  },
  intersection(other) {
    return new Set([...this].filter((item) => other.has(item)));
  },
  difference(other) {
    return new Set([...this].filter((item) => !other.has(item)));
  },
  symmetricDifference(other) {
    return this.difference(other).union(new Set([...other.keys()].filter((item) => !this.has(item))));
  },
  isSubsetOf(other) {
    return [...this].every((item) => other.has(item));
  },
  isSupersetOf(other) {
    return [...other.keys()].every((item) => this.has(item));
  },
  isDisjointFrom(other) {
    return ![...this].some((item) => other.has(item));
  },
});
