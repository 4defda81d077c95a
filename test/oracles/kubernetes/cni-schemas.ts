/**
 * What the API server holds the CNIs' objects to: the fields of their CustomResourceDefinitions that cniwatch reads or a CNI must fill.
 * Whatever a world has beyond them is pruned, as by the real ones, and shows as a difference.
 * Sources: cilium pkg/k8s/apis/cilium.io/client/crds (ciliumnodes, ciliumpodippools); projectcalico/calico libcalico-go/config/crd
 * (crd.projectcalico.org/v1) and api/config/crd (projectcalico.org/v3).
 */
type Schema = Readonly<Record<string, unknown>>;

export interface KindSchema {
  readonly schema: Schema;
  /** The status is written apart. */
  readonly statusApart?: true;
}

const text: Schema = { type: 'string' };
const cidr: Schema = { type: 'string', format: 'cidr' };
const flag: Schema = { type: 'boolean' };
const number: Schema = { type: 'integer' };
const oneOf = (...values: readonly string[]): Schema => ({ type: 'string', enum: values });
const list = (items: Schema): Schema => ({ type: 'array', items });
const map = (additionalProperties: Schema): Schema => ({ type: 'object', additionalProperties });
const fields = (properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});
const kind = (spec: Schema, status?: Schema): Schema => fields({ spec, ...(status && { status }) }, ['spec']);

const allocationIp = fields({ owner: text, resource: text });
const families = fields({ ipv4: text, ipv6: text });
const poolRanges = fields({ cidrs: list(cidr), maskSize: number }, ['cidrs', 'maskSize']);
const named = (properties: Readonly<Record<string, Schema>>): Schema => fields({ pool: text, ...properties }, ['pool']);

const ciliumNode = kind(
  fields({
    addresses: list(fields({ ip: text, type: text })),
    'instance-id': text,
    eni: fields({
      'instance-type': text,
      'vpc-id': text,
      'availability-zone': text,
      'first-interface-index': number,
      'use-primary-address': flag,
      'disable-prefix-delegation': flag,
      'security-groups': list(text),
      'subnet-ids': list(text),
    }),
    health: families,
    ingress: families,
    ipam: fields({
      pool: map(allocationIp),
      podCIDRs: list(text),
      'pre-allocate': number,
      pools: fields({
        requested: list(named({ needed: fields({ 'ipv4-addrs': number, 'ipv6-addrs': number }) })),
        allocated: list(named({ cidrs: list(cidr) })),
      }),
    }),
  }),
  fields({
    eni: fields({
      enis: map(
        fields({
          id: text,
          ip: text,
          number,
          addresses: list(text),
          prefixes: list(text),
          subnet: fields({ id: text, cidr: text }),
          'security-groups': list(text),
        }),
      ),
    }),
    ipam: fields({ used: map(allocationIp), 'operator-status': fields({ error: text }) }),
  }),
);

const mode = oneOf('Never', 'Always', 'CrossSubnet');
const ipPool = (own: Readonly<Record<string, Schema>>): Schema =>
  kind(
    fields(
      {
        cidr: text,
        blockSize: number,
        disabled: flag,
        disableBGPExport: flag,
        natOutgoing: flag,
        nodeSelector: text,
        allowedUses: list(oneOf('Workload', 'Tunnel', 'LoadBalancer')),
        ipipMode: mode,
        vxlanMode: mode,
        assignmentMode: oneOf('Automatic', 'Manual'),
        ...own,
      },
      ['cidr'],
    ),
  );

const ipamBlock = (sequenceNumber: Schema, required: readonly string[]): Schema =>
  kind(
    fields(
      {
        cidr: text,
        affinity: text,
        affinityClaimTime: { type: 'string', format: 'date-time' },
        allocations: list({ type: 'integer', nullable: true }),
        unallocated: list(number),
        attributes: list(fields({ handle_id: text, secondary: map(text), releasedAt: { type: 'string', format: 'date-time' } })),
        deleted: flag,
        sequenceNumber,
        sequenceNumberForAllocation: map(number),
        strictAffinity: flag,
      },
      ['allocations', 'attributes', 'cidr', 'strictAffinity', 'unallocated', ...required],
    ),
  );

const blockAffinity = (deleted: Schema): Schema =>
  kind(fields({ cidr: text, node: text, state: text, type: text, deleted }, ['cidr', 'node', 'state', 'deleted']));

const ipamConfig = kind(
  fields({ strictAffinity: flag, autoAllocateBlocks: flag, maxBlocksPerHost: number }, ['autoAllocateBlocks', 'strictAffinity']),
);

const bird = fields({ state: text, version: text, routerID: text, lastBootTime: text, lastReconfigurationTime: text });
const peers = list(fields({ peerIP: text, type: text, state: text, since: text }));
const COUNTS = ['numberEstablishedV4', 'numberEstablishedV6', 'numberNotEstablishedV4', 'numberNotEstablishedV6'];
const calicoNodeStatus = fields({
  spec: fields({ node: text, classes: list(text), updatePeriodSeconds: { type: 'integer', format: 'int32' } }),
  status: fields({
    lastUpdated: { type: 'string', format: 'date-time', nullable: true },
    agent: fields({ birdV4: bird, birdV6: bird }),
    bgp: fields({ peersV4: peers, peersV6: peers, ...Object.fromEntries(COUNTS.map((count) => [count, number])) }, COUNTS),
  }),
});

const bgpPeer = kind(
  fields({
    node: text,
    nodeSelector: text,
    peerIP: text,
    asNumber: { type: 'integer', format: 'int32' },
    peerSelector: text,
    reversePeering: oneOf('Auto', 'Manual'),
  }),
);
const bgpConfiguration = kind(
  fields({
    nodeToNodeMeshEnabled: flag,
    asNumber: { type: 'integer', format: 'int32' },
    logSeverityScreen: text,
    listenPort: number,
  }),
);
const felixConfiguration = kind(
  fields({ bpfEnabled: flag, vxlanPort: number, vxlanEnabled: flag, ipipEnabled: flag, logSeverityScreen: text }),
);
const ipReservation = kind(fields({ reservedCIDRs: list(text) }));

const calico = (own: Readonly<Record<string, Schema>>, group: string): readonly (readonly [string, KindSchema])[] =>
  Object.entries({
    ipreservations: ipReservation,
    caliconodestatuses: calicoNodeStatus,
    bgppeers: bgpPeer,
    bgpconfigurations: bgpConfiguration,
    felixconfigurations: felixConfiguration,
    ...own,
  }).map(([plural, schema]) => [`${plural}.${group}`, { schema }]);

/** By `<plural>.<group>`. */
export const CNI_SCHEMAS: ReadonlyMap<string, KindSchema> = new Map<string, KindSchema>([
  ['ciliumnodes.cilium.io', { schema: ciliumNode, statusApart: true }],
  ['ciliumpodippools.cilium.io', { schema: kind(fields({ ipv4: poolRanges, ipv6: poolRanges })) }],
  ...calico(
    {
      ippools: ipPool({ ipipMode: { ...mode, default: 'Never' }, vxlanMode: { ...mode, default: 'Never' } }),
      ipamblocks: ipamBlock(number, ['sequenceNumber']),
      blockaffinities: blockAffinity(text),
      ipamconfigs: ipamConfig,
    },
    'crd.projectcalico.org',
  ),
  ...calico(
    {
      ippools: ipPool({
        cidr,
        namespaceSelector: text,
        assignmentMode: { ...oneOf('Automatic', 'Manual'), default: 'Automatic' },
      }),
      ipamblocks: ipamBlock({ ...number, default: 0 }, []),
      blockaffinities: blockAffinity(flag),
      ipamconfigurations: ipamConfig,
    },
    'projectcalico.org',
  ),
]);
