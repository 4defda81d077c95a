/** That many seconds before `now`, as Kubernetes and AWS write it: ISO 8601 in whole seconds. */
export function ago(now: Date, seconds: number): string {
  return new Date(Math.floor(now.getTime() / 1000) * 1000 - seconds * 1000).toISOString().replace('.000', '');
}
