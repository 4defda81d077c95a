import type { NetworkInterface } from '#lib/model/ec2.ts';

/** Holders of addresses that are AWS services rather than clusters; those that have no column of their own are `other`. */
export type ServiceHolder = 'loadBalancers' | 'endpoints' | 'lambda' | 'natGateways' | 'other';

export interface ServiceInterface {
  readonly holder: ServiceHolder;
  /** As AWS calls it. */
  readonly service: string;
}

interface ServicePattern {
  readonly made: ServiceInterface;
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
    made: { holder: 'loadBalancers', service: 'Elastic Load Balancing' },
    types: ['load_balancer', 'network_load_balancer', 'gateway_load_balancer'],
    descriptions: ['ELB '],
    requesters: ['amazon-elb'],
  },
  {
    made: { holder: 'endpoints', service: 'VPC endpoint' },
    types: ['vpc_endpoint', 'gateway_load_balancer_endpoint'],
    descriptions: ['VPC Endpoint Interface'],
  },
  { made: { holder: 'lambda', service: 'Lambda' }, types: ['lambda'], descriptions: ['AWS Lambda VPC ENI'] },
  {
    made: { holder: 'natGateways', service: 'NAT gateway' },
    types: ['natGateway', 'nat_gateway'],
    descriptions: ['Interface for NAT Gateway '],
  },
  {
    made: { holder: 'other', service: 'Transit Gateway' },
    types: ['transit_gateway'],
    descriptions: ['Network Interface for Transit Gateway Attachment '],
  },
  { made: { holder: 'other', service: 'EFS' }, types: ['efs'], descriptions: ['EFS mount target for '] },
  {
    made: { holder: 'other', service: 'RDS' },
    descriptions: ['RDSNetworkInterface', 'Network interface for DBProxy'],
    requesters: ['amazon-rds'],
  },
  { made: { holder: 'other', service: 'ElastiCache' }, descriptions: ['ElastiCache '], requesters: ['amazon-elasticache'] },
  { made: { holder: 'other', service: 'Redshift' }, descriptions: ['RedshiftNetworkInterface'], requesters: ['amazon-redshift'] },
  { made: { holder: 'other', service: 'OpenSearch Service' }, descriptions: ['ES '] },
  { made: { holder: 'other', service: 'Directory Service' }, descriptions: ['AWS created network interface for directory '] },
  { made: { holder: 'other', service: 'Route 53 Resolver' }, descriptions: ['Route 53 Resolver:'] },
  { made: { holder: 'other', service: 'DynamoDB Accelerator' }, descriptions: ['DAX '] },
  { made: { holder: 'other', service: 'Database Migration Service' }, descriptions: ['DMSNetworkInterface'] },
  { made: { holder: 'other', service: 'CloudHSM' }, descriptions: ['CloudHSM Managed Interface', 'CloudHsm ENI'] },
  { made: { holder: 'other', service: 'ECS' }, descriptions: ['arn:aws:ecs:', 'arn:aws-cn:ecs:', 'arn:aws-us-gov:ecs:'] },
  { made: { holder: 'other', service: 'EMR' }, descriptions: ['AWS ElasticMapReduce'] },
  { made: { holder: 'other', service: 'Glue' }, descriptions: ['Attached to Glue using role:'] },
  {
    made: { holder: 'other', service: 'SageMaker AI' },
    descriptions: [
      '[DO NOT DELETE] ENI managed by SageMaker',
      '[Do not delete] Network Interface created to access resources in your VPC',
    ],
  },
  { made: { holder: 'other', service: 'DataSync' }, descriptions: ['datasync '] },
  { made: { holder: 'other', service: 'WorkSpaces' }, descriptions: ['Created By Amazon Workspaces for AWS Account ID '] },
  {
    made: { holder: 'other', service: 'API Gateway' },
    types: ['api_gateway_managed'],
    descriptions: ['ENI managed by APIGateway'],
  },
  { made: { holder: 'other', service: 'Quick Suite' }, types: ['quicksight'] },
  { made: { holder: 'other', service: 'Global Accelerator' }, types: ['global_accelerator_managed'] },
  { made: { holder: 'other', service: 'IoT Core' }, types: ['iot_rules_managed'] },
  {
    made: { holder: 'other', service: 'CodeConnections' },
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
  const pattern = PATTERNS.find(
    ({ types = [], descriptions = [], requesters = [] }) =>
      types.includes(interfaceType) ||
      descriptions.some((beginning) => description.startsWith(beginning)) ||
      requesters.includes(requesterId),
  );
  return pattern?.made;
}
