/** DaemonSets and Deployments of a Snapshot as the API server would give them. */
import type { DaemonSet, Deployment } from '#lib/model/kubernetes.ts';
import type { JsonObject, KubernetesObject } from '#lib/sandbox/world.ts';

export function daemonSetObject(daemonSet: DaemonSet): KubernetesObject {
  const { selector, hostNetwork, serviceAccountName, nodeSelector, tolerations, maxUnavailable } = daemonSet;
  return {
    metadata: metadataOf(daemonSet),
    spec: {
      selector,
      updateStrategy: {
        type: 'RollingUpdate',
        rollingUpdate: maxUnavailable === undefined ? {} : { maxUnavailable: numberOrPercent(maxUnavailable) },
      },
      template: {
        metadata: { labels: selector.matchLabels ?? {} },
        spec: {
          ...(hostNetwork ? { hostNetwork } : {}),
          ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
          nodeSelector,
          tolerations,
          ...affinityOf(daemonSet),
          ...containersOf(daemonSet.containers),
        },
      },
    },
    status: {
      observedGeneration: daemonSet.observedGeneration,
      desiredNumberScheduled: daemonSet.desired,
      currentNumberScheduled: daemonSet.current,
      numberReady: daemonSet.ready,
      numberAvailable: daemonSet.available,
      updatedNumberScheduled: daemonSet.updated,
    },
  };
}

function affinityOf({ nodeAffinity }: DaemonSet): JsonObject {
  if (nodeAffinity.length === 0) return {};
  const nodeSelectorTerms = nodeAffinity.map((matchExpressions) => ({ matchExpressions }));
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } };
}

export function deploymentObject(deployment: Deployment): KubernetesObject {
  const { selector, maxUnavailable, maxSurge } = deployment;
  return {
    metadata: metadataOf(deployment),
    spec: {
      replicas: deployment.desired,
      selector,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: {
          ...(maxUnavailable === undefined ? {} : { maxUnavailable: numberOrPercent(maxUnavailable) }),
          ...(maxSurge === undefined ? {} : { maxSurge: numberOrPercent(maxSurge) }),
        },
      },
      template: {
        metadata: { labels: selector.matchLabels ?? {} },
        spec: { ...spreadOf(deployment), ...containersOf(deployment.containers.map((each) => ({ ...each, env: {} }))) },
      },
    },
    status: {
      observedGeneration: deployment.observedGeneration,
      replicas: deployment.current,
      readyReplicas: deployment.ready,
      availableReplicas: deployment.available,
      updatedReplicas: deployment.updated,
      conditions: deployment.conditions,
    },
  };
}

function spreadOf({ spread }: Deployment): JsonObject {
  const constraints = spread.filter(({ by }) => by === 'spread');
  const apart = spread.filter(({ by }) => by === 'anti-affinity');
  const term = ({ topologyKey }: { readonly topologyKey: string }) => ({ topologyKey });
  return {
    topologySpreadConstraints: constraints.map(({ topologyKey, required }) => ({
      topologyKey,
      maxSkew: 1,
      whenUnsatisfiable: required ? 'DoNotSchedule' : 'ScheduleAnyway',
    })),
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: apart.filter(({ required }) => required).map(term),
        preferredDuringSchedulingIgnoredDuringExecution: apart
          .filter(({ required }) => !required)
          .map((each) => ({ weight: 100, podAffinityTerm: term(each) })),
      },
    },
  };
}

/** Who wrote it is known, and not which fields. */
function metadataOf({ namespace, name, labels, generation, managers, ownerAnnotations }: DaemonSet | Deployment) {
  return {
    namespace,
    name,
    labels,
    generation,
    ...(ownerAnnotations === undefined ? {} : { annotations: ownerAnnotations }),
    ...(managers === undefined
      ? {}
      : {
          managedFields: managers.map((manager) => ({
            manager,
            operation: 'Update',
            apiVersion: 'apps/v1',
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:metadata': {} },
          })),
        }),
  };
}

function containersOf(containers: DaemonSet['containers']): JsonObject {
  const of = (isInit: boolean) =>
    containers
      .filter(({ init }) => init === isInit)
      .map(({ name, image, args, env, memoryLimit }) => ({
        name,
        image,
        ...(args.length === 0 ? {} : { args }),
        env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
        ...(memoryLimit === undefined ? {} : { resources: { limits: { memory: memoryLimit } } }),
      }));
  return { initContainers: of(true), containers: of(false) };
}

function numberOrPercent(text: string): number | string {
  return text.endsWith('%') ? text : Number(text);
}
