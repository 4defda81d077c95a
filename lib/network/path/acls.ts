import { dataOf } from '#lib/model/slice.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import { aclBlockText, aclEntryText, missingAclEntries } from '#lib/network/acl/missing-acl-entries.ts';
import { compileAcl, type PortRange, without } from '#lib/network/acl/network-acl.ts';
import { type AclBlock, type AclEnd, aclVerdict, compileAcls, EPHEMERAL_PORTS } from '#lib/network/acl/network-acl-path.ts';
import { formatAddressCidr } from '#lib/network/address.ts';
import type { Attachment } from '#lib/network/path/ends.ts';
import { type LayerName, type PathLayer, plainLayer, unreadReason } from '#lib/network/path/layer.ts';
import type { AttachedTraffic } from '#lib/network/path/security-groups.ts';

const OUTSIDE = 'outside';
/** Stands for the network behind the VPC, of whose filters nothing is known here. */
const OPEN = compileAcl({
  networkAclId: '',
  isDefault: true,
  subnetIds: [OUTSIDE],
  entries: [true, false].flatMap((egress) => [
    { ruleNumber: 100, egress, protocol: '-1', ruleAction: 'allow', cidrBlock: '0.0.0.0/0' },
    { ruleNumber: 101, egress, protocol: '-1', ruleAction: 'allow', ipv6CidrBlock: '::/0' },
  ]),
});

/** What network ACLs do with what opens the connection, and with what answers, to the ports that Linux takes. */
export function aclLayers(slices: Slices, traffic: AttachedTraffic): { readonly out: PathLayer; readonly back: PathLayer } {
  const both = (verdict: PathLayer['verdict'], reason: string) => ({
    out: plainLayer('acl-out', verdict, reason),
    back: plainLayer('acl-back', verdict, reason),
  });
  const ends = [aclEnd(traffic.from), aclEnd(traffic.to)] as const;
  const [source, destination] = ends;
  if (typeof source === 'string') return both('unknown', source);
  if (typeof destination === 'string') return both('unknown', destination);
  if (source.subnetId === destination.subnetId) return both('not-asked', `both are in ${source.subnetId}`);
  const unread = unreadReason({ 'network ACLs': slices.networkAcls });
  if (unread !== undefined) return both('unknown', unread);
  const aclOf = compileAcls(dataOf(slices.networkAcls) ?? []);
  const known = (subnetId: string) => (subnetId === OUTSIDE ? OPEN : aclOf(subnetId));
  const { protocol, port } = traffic;
  const judged = aclVerdict(known, source, destination, { protocol, port, ephemeral: EPHEMERAL_PORTS.linux });
  if (judged.verdict === 'unknown') return both('unknown', judged.reason);
  const blocks = judged.verdict === 'allowed' ? [] : judged.blockedBy;
  const acls = ends.flatMap((end) =>
    typeof end === 'string' || end.subnetId === OUTSIDE ? [] : (known(end.subnetId)?.id ?? []),
  );
  const leg = (layer: LayerName, of: AclBlock['leg'], ports: PortRange): PathLayer =>
    legLayer(
      layer,
      blocks.filter((block) => block.leg === of),
      { ports, acls, protocol, ends: [source, destination] },
    );
  return {
    out: leg('acl-out', 'request', { from: port, to: port }),
    back: leg('acl-back', 'reply', EPHEMERAL_PORTS.linux),
  };
}

/** @returns why the subnet cannot be told, where it cannot */
function aclEnd(end: Attachment): AclEnd | string {
  if (end.kind === 'interface') return { address: end.address, subnetId: end.eni.subnetId };
  if (end.kind === 'outside') return { address: end.address, subnetId: OUTSIDE };
  return end.address === undefined || end.subnetId === undefined ? end.reason : { address: end.address, subnetId: end.subnetId };
}

interface Leg {
  readonly ports: PortRange;
  readonly acls: readonly string[];
  readonly protocol: string;
  readonly ends: readonly [AclEnd, AclEnd];
}

function legLayer(layer: LayerName, blocks: readonly AclBlock[], { ports, acls, protocol, ends }: Leg): PathLayer {
  const by = [...new Set(acls)];
  if (blocks.length === 0)
    return { ...plainLayer(layer, 'allowed', `${by.join(' and ')} let${by.length === 1 ? 's' : ''} it pass`), by };
  const left = blocks.reduce<readonly PortRange[]>(
    (open, block) => open.flatMap((range) => without(range, block.ports)),
    [ports],
  );
  const peerCidrs = ({ subnetId }: AclBlock) => {
    const peer = ends.find((end) => end.subnetId !== subnetId);
    return peer === undefined ? [] : [formatAddressCidr(peer.address)];
  };
  const toOpen = missingAclEntries(blocks, { protocol, peerCidrs }).map(aclEntryText);
  const reason = `blocked by ${blocks.map(aclBlockText).join(' and ')}`;
  return { layer, verdict: left.length === 0 ? 'denied' : 'in-part', reason, by, toOpen };
}
