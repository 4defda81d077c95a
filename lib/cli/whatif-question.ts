import type { WhatIfDocument } from '#lib/cli/whatif-document.ts';
import { plural } from '#lib/model/plural.ts';

/** The question in words: `What if shop-prod in eu-west-1 had 20 nodes more?` */
export function questionText({ cluster, change }: Pick<WhatIfDocument, 'cluster' | 'change'>): string {
  const clauses = clausesOf(change);
  const subject = `${cluster.name} in ${cluster.region}`;
  if (clauses.length === 0) return `How many pods fit into ${subject}?`;
  const last = clauses.at(-1) ?? '';
  const listed = clauses.length === 1 ? last : `${clauses.slice(0, -1).join(', ')} and ${last}`;
  return `What if ${subject} ${listed}?`;
}

function clausesOf(change: WhatIfDocument['change']): readonly string[] {
  const { instanceType, prefixDelegation, warmIpTarget, addSubnets = [], surge, loseZone, replaceNodes } = change;
  return [
    ...(loseZone === undefined ? [] : [`lost ${loseZone}`]),
    ...nodeClauses(change),
    ...(prefixDelegation === undefined ? [] : [`had prefix delegation ${prefixDelegation ? 'on' : 'off'}`]),
    ...(warmIpTarget === undefined ? [] : [`had WARM_IP_TARGET=${warmIpTarget}`]),
    ...addSubnets.map(({ cidr, availabilityZone }) => `had the subnet ${cidr} in ${availabilityZone}`),
    ...(replaceNodes && instanceType === undefined && prefixDelegation === undefined ? ['had every node replaced'] : []),
    ...(surge === undefined
      ? []
      : [`rolled its nodes with ${surge.kind === 'percent' ? `${surge.percent} % more at once` : "its node groups' own surge"}`]),
  ];
}

function nodeClauses({ nodes = 0, instanceType, replaceNodes }: WhatIfDocument['change']): readonly string[] {
  const count = `${plural(Math.abs(nodes), 'node')} ${nodes > 0 ? 'more' : 'fewer'}`;
  if (instanceType === undefined) return nodes === 0 ? [] : [`had ${count}`];
  if (replaceNodes) return [...(nodes === 0 ? [] : [`had ${count}`]), `had all nodes of ${instanceType}`];
  return [nodes > 0 ? `had ${count}, of ${instanceType}` : `had new nodes of ${instanceType}`];
}
