/** One fault of the manifests. */
export interface Finding {
  /** Name of the rule that found it. */
  readonly rule: string;
  /** The object or file, such as `Deployment api-gateway`. */
  readonly object: string;
  /** The field within it, such as `spec.replicas`. */
  readonly field: string;
  /** What is wrong, and what is allowed. */
  readonly problem: string;
}

/** A finding as one line. */
export function findingText({ rule, object, field, problem }: Finding): string {
  return `${object}: ${field} ${problem} [${rule}]`;
}
