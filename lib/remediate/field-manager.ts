/** The name under which the Kubernetes API keeps what remediations write. */
export const FIELD_MANAGER = 'cniwatch';
