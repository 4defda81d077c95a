import { Duration, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** The bucket of configuration, runs and Snapshots. It outlives the stack: Snapshots are evidence. */
export function runBucket(scope: Construct): IBucket {
  const bucket = new Bucket(scope, 'Runs', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    versioned: true,
    lifecycleRules: [
      { id: 'snapshots', prefix: 'snapshots/', expiration: Duration.days(30) },
      // Rewritten by every run: what is this old belongs to a cluster that is gone.
      { id: 'history', prefix: 'history/', expiration: Duration.days(30) },
      { id: 'runs', prefix: 'runs/', expiration: Duration.days(90) },
      // A year, and the report a year ago to compare with.
      { id: 'reports', prefix: 'reports/', expiration: Duration.days(400) },
      { id: 'leftovers', noncurrentVersionExpiration: Duration.days(7), abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'Only the functions of this stack read and write here; a trail with data events tells who else does, and a log bucket needs another.',
  });
  // Its `policy` may be set to undefined, which exactOptionalPropertyTypes tells apart from IBucket's, which may be absent.
  return bucket as IBucket;
}
