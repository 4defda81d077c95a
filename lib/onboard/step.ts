/** One change of a cluster or of its access, told before it is made. */
export interface Step {
  readonly outcome: 'create' | 'change' | 'delete' | 'keep' | 'by hand';
  /** `ClusterRole cniwatch-readers` */
  readonly what: string;
  /** Text that a person has to put somewhere. */
  readonly text?: string;
  /** Absent where nothing is to be done. @throws ReadFailure */
  readonly run?: (options: StepOptions) => Promise<void>;
}

export interface StepOptions {
  /** Has the API server try all of it, and keep nothing. */
  readonly dryRun: boolean;
  /** Takes over fields that somebody else set otherwise. */
  readonly force: boolean;
}
