import { DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { present, required } from '#lib/collect/aws/fields.ts';
import { vpcId } from '#lib/collect/aws/vpc-id.ts';
import { defineCollector, ec2Reads } from '#lib/collect/sources.ts';

export const vpc = defineCollector({
  key: 'vpc',
  needs: ['cluster'],
  permissions: ec2Reads('DescribeVpcs'),
  async collect({ ec2 }, { cluster }) {
    const id = vpcId(cluster);
    const answer = await ec2(new DescribeVpcsCommand({ Filters: [{ Name: 'vpc-id', Values: [id] }], MaxResults: 5 }));
    const found = required(answer.Vpcs?.[0], `VPC ${id}`);
    const associated = (found.CidrBlockAssociationSet ?? []).flatMap(({ CidrBlock, CidrBlockState }) =>
      CidrBlock !== undefined && isAssociated(CidrBlockState?.State) ? [CidrBlock] : [],
    );
    const primary = required(found.CidrBlock, 'Vpc.CidrBlock');
    return {
      vpcId: id,
      cidrBlocks: [primary, ...associated.filter((cidr) => cidr !== primary)],
      ipv6CidrBlocks: (found.Ipv6CidrBlockAssociationSet ?? []).flatMap(({ Ipv6CidrBlock, Ipv6CidrBlockState }) =>
        Ipv6CidrBlock !== undefined && isAssociated(Ipv6CidrBlockState?.State) ? [Ipv6CidrBlock] : [],
      ),
      ...present({ ownerId: found.OwnerId }),
    };
  },
});

/** Disassociated blocks stay listed for a while. */
function isAssociated(state: string | undefined): boolean {
  return state === undefined || state === 'associated';
}
