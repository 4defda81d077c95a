import type { NetworkInterface } from '#lib/model/ec2.ts';

/** Holders of addresses that are AWS services rather than clusters; those that have no column of their own are `other`. */
export type ServiceHolder = 'loadBalancers' | 'endpoints' | 'lambda' | 'natGateways' | 'other';

export interface ServiceInterface {
  readonly holder: ServiceHolder;
  /** As AWS calls it. */
  readonly service: string;
}

interface ServicePattern extends ServiceInterface {
  /** Values of `InterfaceType`. */
  readonly types?: readonly string[];
  /** What `Description` begins with. */
  readonly descriptions?: readonly string[];
  /** Values of `RequesterId`. */
  readonly requesters?: readonly string[];
}

/**
 * How to tell which service made an interface. Types and descriptions are what AWS writes; EC2 writes `nat_gateway`, its API model
 * says `natGateway`. The first pattern that fits counts.
 * Sources: Amazon EC2 API Reference, NetworkInterface (InterfaceType); Amazon EC2 User Guide, "Requester-managed network interfaces";
 * cloud-custodian c7n/utils.py (get_eni_resource_type); the user guides of the services, where they name the description.
 */
const PATTERNS: readonly ServicePattern[] = [
  {
    holder: 'loadBalancers',
    service: 'Elastic Load Balancing',
    types: ['load_balancer', 'network_load_balancer', 'gateway_load_balancer'],
    descriptions: ['ELB '],
    requesters: ['amazon-elb'],
  },
  {
    holder: 'endpoints',
    service: 'VPC endpoint',
    types: ['vpc_endpoint', 'gateway_load_balancer_endpoint'],
    descriptions: ['VPC Endpoint Interface'],
  },
  { holder: 'lambda', service: 'Lambda', types: ['lambda'], descriptions: ['AWS Lambda VPC ENI'] },
  {
    holder: 'natGateways',
    service: 'NAT gateway',
    types: ['natGateway', 'nat_gateway'],
    descriptions: ['Interface for NAT Gateway '],
  },
  {
    holder: 'other',
    service: 'Transit Gateway',
    types: ['transit_gateway'],
    descriptions: ['Network Interface for Transit Gateway Attachment '],
  },
  { holder: 'other', service: 'EFS', types: ['efs'], descriptions: ['EFS mount target for '] },
  {
    holder: 'other',
    service: 'RDS',
    descriptions: ['RDSNetworkInterface', 'Network interface for DBProxy'],
    requesters: ['amazon-rds'],
  },
  { holder: 'other', service: 'ElastiCache', descriptions: ['ElastiCache '], requesters: ['amazon-elasticache'] },
  { holder: 'other', service: 'Redshift', descriptions: ['RedshiftNetworkInterface'], requesters: ['amazon-redshift'] },
  { holder: 'other', service: 'OpenSearch Service', descriptions: ['ES '] },
  { holder: 'other', service: 'Directory Service', descriptions: ['AWS created network interface for directory '] },
  { holder: 'other', service: 'Route 53 Resolver', descriptions: ['Route 53 Resolver:'] },
  { holder: 'other', service: 'DynamoDB Accelerator', descriptions: ['DAX '] },
  { holder: 'other', service: 'Database Migration Service', descriptions: ['DMSNetworkInterface'] },
  { holder: 'other', service: 'CloudHSM', descriptions: ['CloudHSM Managed Interface', 'CloudHsm ENI'] },
  { holder: 'other', service: 'ECS', descriptions: ['arn:aws:ecs:', 'arn:aws-cn:ecs:', 'arn:aws-us-gov:ecs:'] },
  { holder: 'other', service: 'EMR', descriptions: ['AWS ElasticMapReduce'] },
  { holder: 'other', service: 'Glue', descriptions: ['Attached to Glue using role:'] },
  {
    holder: 'other',
    service: 'SageMaker AI',
    descriptions: [
      '[DO NOT DELETE] ENI managed by SageMaker',
      '[Do not delete] Network Interface created to access resources in your VPC',
    ],
  },
  { holder: 'other', service: 'DataSync', descriptions: ['datasync '] },
  { holder: 'other', service: 'WorkSpaces', descriptions: ['Created By Amazon Workspaces for AWS Account ID '] },
  { holder: 'other', service: 'API Gateway', types: ['api_gateway_managed'], descriptions: ['ENI managed by APIGateway'] },
  { holder: 'other', service: 'Quick Suite', types: ['quicksight'] },
  { holder: 'other', service: 'Global Accelerator', types: ['global_accelerator_managed'] },
  { holder: 'other', service: 'IoT Core', types: ['iot_rules_managed'] },
  {
    holder: 'other',
    service: 'CodeConnections',
    types: ['aws_codestar_connections_managed'],
    descriptions: ['AWS CodeStar Connections'],
  },
];

/** The service that made an interface; undefined where no pattern fits. */
export function serviceInterface({
  interfaceType,
  description,
  requesterId = '',
}: Pick<NetworkInterface, 'interfaceType' | 'description' | 'requesterId'>): ServiceInterface | undefined {
  return PATTERNS.find(
    ({ types = [], descriptions = [], requesters = [] }) =>
      types.includes(interfaceType) ||
      descriptions.some((beginning) => description.startsWith(beginning)) ||
      requesters.includes(requesterId),
  );
}
