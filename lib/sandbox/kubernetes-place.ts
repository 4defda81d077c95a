export interface Place {
  readonly apiVersion: string;
  readonly namespace?: string;
  readonly plural: string;
  /** Of a single object. */
  readonly name?: string;
}

export function parsePath(path: string): Place | undefined {
  const match = /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/.exec(path);
  if (match === null) return undefined;
  const [, core, group, namespace, plural = '', name] = match;
  return {
    apiVersion: core ?? group ?? '',
    plural,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}
