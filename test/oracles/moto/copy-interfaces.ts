import {
  AssignPrivateIpAddressesCommand,
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  CreateTagsCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  type EC2Client,
  type Instance,
  type NetworkInterface,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Ids } from './ids.ts';
import { tagged } from './tagged.ts';

/** Copies instances, and every interface with its addresses. Delegated prefixes are left out: moto knows none. */
export async function copyInterfaces(from: EC2Client, to: EC2Client, ids: Ids): Promise<void> {
  const interfaces = (await from.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces ?? [];
  const { Reservations = [] } = await from.send(new DescribeInstancesCommand({}));
  for (const instance of Reservations.flatMap(({ Instances = [] }) => Instances)) {
    const primary = interfaces.find((eni) => isPrimary(eni) && eni.Attachment?.InstanceId === instance.InstanceId);
    await copyInstance(to, instance, primary, ids);
  }
  for (const eni of interfaces) {
    if (!isPrimary(eni)) await copyInterface(to, eni, ids);
  }
}

const isPrimary = ({ Attachment }: NetworkInterface) => Attachment?.InstanceId !== undefined && Attachment.DeviceIndex === 0;

const secondaries = ({ PrivateIpAddresses = [] }: NetworkInterface): string[] =>
  PrivateIpAddresses.flatMap(({ Primary, PrivateIpAddress }) => (Primary || !PrivateIpAddress ? [] : [PrivateIpAddress]));

/** An instance comes with its primary interface. */
async function copyInstance(to: EC2Client, instance: Instance, primary: NetworkInterface | undefined, ids: Ids): Promise<void> {
  if (primary === undefined) throw new Error(`${instance.InstanceId} has no interface at device index 0`);
  const request = {
    ImageId: 'ami-0123456789abcdef0',
    InstanceType: instance.InstanceType,
    MinCount: 1,
    MaxCount: 1,
    SubnetId: ids.copyOf(instance.SubnetId),
    PrivateIpAddress: primary.PrivateIpAddress,
    SecurityGroupIds: (primary.Groups ?? []).map(({ GroupId }) => ids.copyOf(GroupId)),
    ...tagged('instance', instance.Tags),
  };
  const made = (await to.send(new RunInstancesCommand(request))).Instances?.[0];
  const eni = made?.NetworkInterfaces?.[0]?.NetworkInterfaceId;
  ids.pair(instance.InstanceId, made?.InstanceId);
  ids.pair(primary.NetworkInterfaceId, eni);
  const PrivateIpAddresses = secondaries(primary);
  if (PrivateIpAddresses.length > 0) {
    await to.send(new AssignPrivateIpAddressesCommand({ NetworkInterfaceId: eni, PrivateIpAddresses }));
  }
  if (primary.TagSet?.length) await to.send(new CreateTagsCommand({ Resources: [eni ?? ''], Tags: primary.TagSet }));
}

async function copyInterface(to: EC2Client, eni: NetworkInterface, ids: Ids): Promise<void> {
  const request = {
    SubnetId: ids.copyOf(eni.SubnetId),
    Description: eni.Description,
    Groups: (eni.Groups ?? []).map(({ GroupId }) => ids.copyOf(GroupId)),
    PrivateIpAddresses: eni.PrivateIpAddresses?.map(({ Primary, PrivateIpAddress }) => ({ Primary, PrivateIpAddress })),
    ...tagged('network-interface', eni.TagSet),
  };
  const NetworkInterfaceId = (await to.send(new CreateNetworkInterfaceCommand(request))).NetworkInterface?.NetworkInterfaceId;
  ids.pair(eni.NetworkInterfaceId, NetworkInterfaceId);
  const { InstanceId, DeviceIndex } = eni.Attachment ?? {};
  if (InstanceId === undefined) return;
  await to.send(new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId: ids.copyOf(InstanceId), DeviceIndex }));
}
