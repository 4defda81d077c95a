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
  /** From the launch of an instance until its node is ready. */
  readonly nodeLaunch: number;
}

/** About what people see on their clusters; AWS documents none of it but the quarter of an hour that a drain may take. */
export const USUAL_PACE: Pace = {
  controller: 500,
  podStart: 5_000,
  updateStart: 2_000,
  updatePoll: 5_000,
  updateDeadline: 15 * 60_000,
  nodeLaunch: 60_000,
};
