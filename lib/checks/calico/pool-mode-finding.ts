import type { Judgement } from '#lib/model/finding.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { type Encapsulation, encapsulationOf } from '#lib/network/calico/encapsulation.ts';
import type { CalicoPool } from '#lib/network/calico/ipam-objects.ts';

const NAMES: Readonly<Record<Encapsulation, string>> = {
  none: 'no encapsulation',
  ipip: 'IP-in-IP',
  vxlan: 'VXLAN',
  both: 'IP-in-IP and VXLAN at once',
};

/** @param pools all of them, this one too */
export function poolModeFinding(pool: CalicoPool, pools: readonly CalicoPool[], backend: string | undefined): Judgement {
  const own = encapsulationOf(pool);
  const others = pools.filter(
    (other) => !other.disabled && other.addresses.family === pool.addresses.family && encapsulationOf(other) !== own,
  );
  const impossible = [
    ...(own === 'both' ? ['a pool can have one of them'] : []),
    ...(own === 'ipip' && (backend === 'vxlan' || backend === 'none')
      ? [`routes of IP-in-IP are exchanged by BGP, and calico-node runs with the backend ${backend}`]
      : []),
  ];
  const disagrees = others.map((other) => `${other.name} has ${NAMES[encapsulationOf(other)]}`);
  const verdict = ((): Verdict => {
    if (pool.disabled) return 'ok';
    if (impossible.length > 0) return 'critical';
    return disagrees.length > 0 ? 'warning' : 'ok';
  })();
  const modes = `ipipMode ${pool.ipipMode}, vxlanMode ${pool.vxlanMode}`;
  return {
    verdict,
    resource: { kind: 'ip-pool', id: pool.name, name: pool.name },
    summary: `${[`${pool.name} (${pool.cidr}) has ${NAMES[own]} (${modes})`, ...impossible, ...disagrees.slice(0, 3), ...(pool.disabled ? ['it is disabled'] : [])].join('; ')}.`,
    evidence: {
      cidr: pool.cidr,
      ipipMode: pool.ipipMode,
      vxlanMode: pool.vxlanMode,
      backend: backend ?? null,
      disagreesWith: others.map(({ name }) => name),
    },
    ...(verdict === 'critical' && { timeToImpact: 'immediate' }),
    ...(verdict === 'warning' && { timeToImpact: 'days' }),
  };
}
