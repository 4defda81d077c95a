import type { BgpWay } from '#lib/network/calico/bgp-ways.ts';
import { type BgpPeer, UNNAMED_STATE } from '#lib/network/calico/node-status.ts';

/** `{port}` is the port. No session is agreed on before there is a connection. Source: RFC 4271, section 8.2.2 (the finite state machine of BGP). */
const WITHOUT_CONNECTION: Readonly<Record<string, { readonly open: string; readonly otherwise: string }>> = {
  Idle: {
    open: 'security groups let {port} pass: the peer refuses the session or was given up for now; look at calico-node there',
    otherwise: 'no TCP connection is tried or it is refused: {port} is shut, or no such peer',
  },
  Connect: {
    open: 'security groups let {port} pass and it does not answer: look at network ACLs, and at calico-node of the peer',
    otherwise: '{port} does not answer',
  },
  Active: {
    open: 'security groups let {port} pass, and neither side gets through: look at network ACLs, and at calico-node of the peer',
    otherwise: '{port} does not answer, and the peer does not connect either',
  },
  [UNNAMED_STATE]: {
    open: 'it waits for the peer to connect, which security groups let pass: look at network ACLs, and at calico-node of the peer',
    otherwise: 'it waits for the peer to connect, or the session is switched off',
  },
};

const DISAGREES: Readonly<Record<string, string>> = {
  OpenSent: 'the peer answers and does not agree: the AS number differs',
  OpenConfirm: 'the peer answers and does not agree: the AS number differs, or keepalives are lost',
};

/**
 * @param port on which nodes listen
 * @param disagreement what is known of the AS numbers of the two; a clause
 */
export function bgpCause(
  { state }: BgpPeer,
  { way, port, disagreement }: { readonly way: BgpWay; readonly port: number; readonly disagreement: string | undefined },
): string {
  const closed = WITHOUT_CONNECTION[state];
  if (closed !== undefined) {
    const why = way === 'open' ? closed.open : closed.otherwise;
    if (way === 'shut') return `security groups keep TCP ${port} shut`;
    return disagreement ?? why.replace('{port}', `TCP ${port}`);
  }
  const said = DISAGREES[state];
  if (said !== undefined) return disagreement ?? said;
  return state === 'Close' ? 'the session was closed' : 'a state that is not known';
}
