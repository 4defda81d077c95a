/** How long the things of a sandbox take, in milliseconds of its own time. */
export interface Pace {
  /** Until a controller acts on what changed. */
  readonly controller: number;
  /** From a pod's creation until it is ready. */
  readonly podStart: number;
  /** Until EKS begins to carry out an update. */
  readonly updateStart: number;
  /** How often EKS looks whether what it waits for has come. */
  readonly updatePoll: number;
  /** When EKS gives up an update. */
  readonly updateDeadline: number;
}

/** About what people see on their clusters; neither AWS nor Kubernetes documents any of it. */
export const USUAL_PACE: Pace = {
  controller: 500,
  podStart: 5_000,
  updateStart: 2_000,
  updatePoll: 5_000,
  updateDeadline: 15 * 60_000,
};
