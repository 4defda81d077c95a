/**
 * Why it cannot be told whether a part of a policy matches.
 * - `unreadable`: an operator, a CIDR or a peer that the API of this version does not have
 * - `namespace-labels`: the labels of the namespace were not read
 * - `host-network`: plugins differ in whether selectors match pods on the host network
 * - `no-address`: an ipBlock decides, and the pod has no address of this family
 * - `init-container-port`: the name is that of an init container's port, which plugins resolve or not
 * - `enforcement`: it is not certain that the plugin enforces policies on this pod
 * - `not-evaluated`: the policy is of a kind that is read and not evaluated
 */
export type Doubt =
  | 'unreadable'
  | 'namespace-labels'
  | 'host-network'
  | 'no-address'
  | 'init-container-port'
  | 'enforcement'
  | 'not-evaluated';

/** Three-valued: whether it matches, or why that cannot be told. */
export type Match = boolean | Doubt;

const itself = (one: unknown): Match => one as Match;

/** False where any is false, whatever the others are. With `match`, only as many are asked as it takes. */
export function allOf(matches: readonly Match[]): Match;
export function allOf<T>(all: readonly T[], match: (one: T) => Match): Match;
export function allOf(all: readonly unknown[], match = itself): Match {
  let doubt: Match = true;
  for (const one of all) {
    const matches = match(one);
    if (matches === false) return false;
    if (doubt === true) doubt = matches;
  }
  return doubt;
}

/** True where any is true, whatever the others are. */
export function anyOf(matches: readonly Match[]): Match;
export function anyOf<T>(all: readonly T[], match: (one: T) => Match): Match;
export function anyOf(all: readonly unknown[], match = itself): Match {
  let doubt: Match = false;
  for (const one of all) {
    const matches = match(one);
    if (matches === true) return true;
    if (doubt === false) doubt = matches;
  }
  return doubt;
}

/** Of a doubt, nothing is known either way. */
export function not(match: Match): Match {
  return typeof match === 'boolean' ? !match : match;
}
