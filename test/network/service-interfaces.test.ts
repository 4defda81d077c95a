import { expect, test } from 'vitest';
import { serviceInterface } from '#lib/network/service-interfaces.ts';
import { anEni } from '#test/scenarios/slices.ts';

test.each([
  ['network_load_balancer', '', 'loadBalancers', 'Elastic Load Balancing'],
  ['gateway_load_balancer', '', 'loadBalancers', 'Elastic Load Balancing'],
  ['load_balancer', '', 'loadBalancers', 'Elastic Load Balancing'],
  ['interface', 'ELB app/shop/50dc6c495c0c9188', 'loadBalancers', 'Elastic Load Balancing'],
  ['interface', 'ELB net/shop/50dc6c495c0c9188', 'loadBalancers', 'Elastic Load Balancing'],
  ['interface', 'ELB classic-shop', 'loadBalancers', 'Elastic Load Balancing'],
  ['vpc_endpoint', '', 'endpoints', 'VPC endpoint'],
  ['gateway_load_balancer_endpoint', '', 'endpoints', 'VPC endpoint'],
  ['interface', 'VPC Endpoint Interface vpce-089f2123488812123', 'endpoints', 'VPC endpoint'],
  ['interface', 'VPC Endpoint Interface: vpce-0f00567fa8477a1e6', 'endpoints', 'VPC endpoint'],
  ['lambda', '', 'lambda', 'Lambda'],
  ['interface', 'AWS Lambda VPC ENI-pay-1', 'lambda', 'Lambda'],
  ['natGateway', '', 'natGateways', 'NAT gateway'],
  ['nat_gateway', '', 'natGateways', 'NAT gateway'],
  ['interface', 'Interface for NAT Gateway nat-0a1', 'natGateways', 'NAT gateway'],
  ['transit_gateway', '', 'other', 'Transit Gateway'],
  ['interface', 'Network Interface for Transit Gateway Attachment tgw-attach-0a1', 'other', 'Transit Gateway'],
  ['efs', '', 'other', 'EFS'],
  ['interface', 'EFS mount target for fs-0a1 (fsmt-0a1)', 'other', 'EFS'],
  ['interface', 'RDSNetworkInterface', 'other', 'RDS'],
  ['interface', 'ElastiCache shop-001', 'other', 'ElastiCache'],
  ['interface', 'RedshiftNetworkInterface', 'other', 'Redshift'],
  ['interface', 'ES shop-search', 'other', 'OpenSearch Service'],
  ['interface', 'AWS created network interface for directory d-90670', 'other', 'Directory Service'],
])('%s "%s": %s, by %s', (interfaceType, description, holder, service) =>
  expect(serviceInterface(anEni({ interfaceType, description }))).toEqual({ holder, service }),
);

test.each([
  ['amazon-elb', 'Elastic Load Balancing'],
  ['amazon-rds', 'RDS'],
])('%s tells it where nothing else does', (requesterId, service) =>
  expect(serviceInterface(anEni({ requesterId }))?.service).toBe(service),
);

test.each([
  ['interface', ''],
  ['efa', 'training job'],
  ['interface', 'my ELB test'],
  ['branch', 'aws-k8s-branch-eni'],
])('%s "%s" is no service that is known', (interfaceType, description) =>
  expect(serviceInterface(anEni({ interfaceType, description }))).toBeUndefined(),
);
