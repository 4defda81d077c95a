const PROGRAM = `
delete Map.groupBy;
delete Object.groupBy;
delete Promise.withResolvers;
for (const name of Object.getOwnPropertyNames(Iterator.prototype)) if (name !== 'constructor') delete Iterator.prototype[name];
for (const name of [
  'union',
  'intersection',
  'difference',
  'symmetricDifference',
  'isSubsetOf',
  'isSupersetOf',
  'isDisjointFrom',
]) {
  delete Set.prototype[name];
}
delete globalThis.Iterator;
`;

/** For `node --import`: takes away what Node 20 lacks, so that a newer Node can stand in for it. */
export const WITHOUT_NEWER_BUILTINS = `data:text/javascript,${encodeURIComponent(PROGRAM)}`;
