/** The properties of a Kubernetes object that the rules read. The schema check comes first, so they have these types. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    name: string;
    labels?: Record<string, string>;
  };
  readonly spec?: Record<string, unknown>;
  readonly data?: Record<string, string>;
  readonly [other: string]: unknown;
}

/** What a selector selects: labels, or expressions over them. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Names an object in a finding, such as `Deployment api-gateway`. */
export function nameOf({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.name}`;
}

/** The objects of a kind. `Spec` is the type of the part of `spec` that the caller reads. */
export function ofKind<Spec>(
  objects: readonly KubernetesObject[],
  kind: string,
): readonly (Omit<KubernetesObject, 'spec'> & { readonly spec: Spec } & KubernetesObject)[] {
  return objects.filter((object) => object.kind === kind) as never;
}

/** Whether a selector selects these labels. An empty selector selects everything. */
export function selects(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'In') return value !== undefined && values.includes(value);
      if (operator === 'NotIn') return value === undefined || !values.includes(value);
      return (value !== undefined) === (operator === 'Exists');
    })
  );
}
