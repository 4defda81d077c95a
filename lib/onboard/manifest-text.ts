import { stringify } from 'yaml';

/** Objects as one YAML stream, ready for `kubectl apply -f -`; ends in a newline. */
export function manifestText(objects: readonly object[]): string {
  return objects
    .map((object) => stringify(object, { flowCollectionPadding: false, lineWidth: 0, blockQuote: 'literal' }))
    .join('---\n');
}
