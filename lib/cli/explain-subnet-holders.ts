import type pico from 'picocolors';
import type { SubnetDocument } from '#lib/cli/explain-subnet-document.ts';
import { plainText } from '#lib/model/plain-text.ts';

type Colours = ReturnType<typeof pico.createColors>;
type Row = readonly [name: string, addresses: number];

/** Who holds how many addresses, the most first in each part; nothing where interfaces were not read. */
export function holderRows({ holders, cluster }: SubnetDocument, paint: Colours): readonly string[] {
  if (holders === null) return [];
  const { consumers, byCluster, byService, unaccounted } = holders;
  const { warmPool } = consumers;
  const whole: readonly Row[] = [
    [warmPool === null ? 'this cluster' : 'this cluster: nodes and pods', consumers.thisCluster],
    ['this cluster: warm pool', warmPool ?? 0],
    ['other clusters, warm pools too', consumers.otherClusters],
    ['control planes', consumers.controlPlane],
    ['leaked by the VPC CNI', consumers.leaked],
    ['load balancers', consumers.loadBalancers],
    ['endpoints', consumers.endpoints],
    ['Lambda', consumers.lambda],
    ['NAT gateways', consumers.natGateways],
    ['other', consumers.other],
    ['not to be seen', unaccounted],
  ];
  return [
    ...table('Who holds the addresses', whole, paint),
    ...(Object.keys(byCluster).some((name) => name !== cluster.name)
      ? table('Of these, by the cluster that is named', Object.entries(byCluster), paint)
      : []),
    ...(Object.keys(byService).length > 0 ? table('Of these, by the service', Object.entries(byService), paint) : []),
  ];
}

function table(title: string, rows: readonly Row[], paint: Colours): readonly string[] {
  const held = rows.filter(([, addresses]) => addresses > 0).map(([name, addresses]) => [plainText(name), addresses] as const);
  if (held.length === 0) return ['', paint.bold(title), '  Nobody holds any.'];
  const column = Math.max(...held.map(([name]) => name.length));
  return [
    '',
    paint.bold(title),
    ...held.map(([name, addresses]) => `  ${name.padEnd(column)}  ${String(addresses).padStart(6)}`),
  ];
}
