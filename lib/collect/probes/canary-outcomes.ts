import { UDP_WORD } from '#lib/collect/probes/canary-script.ts';
import type { ConnectionOutcome, LookupOutcome } from '#lib/model/canary.ts';

/** What a tool of the canary ended with. */
export interface Answer {
  readonly exit: number;
  readonly said: string;
}

/** The tool is missing, cannot be run, or does not know its arguments: that is the image's, and not the network's. */
function notRun({ exit, said }: Answer): boolean {
  return exit === 126 || exit === 127 || /not found|No such file|invalid option|unrecognized option|applet|Usage:/i.test(said);
}

/** Ended by `timeout`: 124 with coreutils, the signal's 143 with BusyBox. */
function cutShort({ exit }: Answer): boolean {
  return exit === 124 || exit === 143;
}

const first = <T>(rules: readonly (readonly [boolean, T])[], otherwise: T): T => rules.find(([holds]) => holds)?.[1] ?? otherwise;

/** Source: busybox networking/nslookup.c. */
export function lookupOutcome(answer: Answer): LookupOutcome {
  const said = (pattern: RegExp) => pattern.test(answer.said);
  return first<LookupOutcome>(
    [
      [answer.exit === 0, 'answered'],
      [notRun(answer), 'unclear'],
      [said(/NXDOMAIN/), 'no-such-name'],
      [said(/SERVFAIL/), 'server-failure'],
      [said(/: REFUSED/), 'refused'],
      [cutShort(answer) || said(/timed out|no servers could be reached|Connection refused|unreachable/i), 'no-answer'],
    ],
    'unclear',
  );
}

/** A name that libc finds no address for. Sources: busybox libbb/xconnect.c; getaddrinfo(3). */
const UNRESOLVED = /bad address|not known|Temporary failure in name resolution|can't resolve/i;

/** Of nc -z or wget. Sources: busybox networking/nc_bloaty.c, networking/wget.c. */
export function connectionOutcome(tool: 'nc' | 'wget', answer: Answer): ConnectionOutcome {
  const said = (pattern: RegExp) => pattern.test(answer.said);
  return first<ConnectionOutcome>(
    [
      [answer.exit === 0, 'reached'],
      [notRun(answer), 'unclear'],
      [said(UNRESOLVED), 'unresolved'],
      // An answer of HTTP, or of TLS that BusyBox does not take, came from the other side.
      [tool === 'wget' && said(/server returned error|TLS|handshake|certificate/i), 'reached'],
      [said(/refused|reset by peer|error getting response/i), 'refused'],
      [said(/network (is )?unreachable|no route to host|host (is )?unreachable/i), 'no-route'],
      [said(/timed out|timeout/i), 'no-answer'],
      // nc bounds its connection by itself: what is cut short is libc, which still looks for an address.
      [cutShort(answer), tool === 'nc' ? 'unresolved' : 'no-answer'],
    ],
    'unclear',
  );
}

/** A datagram that came back, or did not. */
export function datagramOutcome(answer: Answer): ConnectionOutcome {
  const said = answer.said.trim();
  return first<ConnectionOutcome>(
    [
      [said === UDP_WORD, 'reached'],
      [notRun(answer), 'unclear'],
      [/refused/i.test(said), 'refused'],
      [/unreachable|no route to host/i.test(said), 'no-route'],
      [said === '' || cutShort(answer) || /terminated|timed out/i.test(said), 'no-answer'],
    ],
    'unclear',
  );
}
