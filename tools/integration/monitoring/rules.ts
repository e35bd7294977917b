import { load } from 'js-yaml';
import { textOf } from '../docs/markdown';

/** A recording or alerting rule of `monitoring/alerts.yaml`. */
export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Path of the rules. */
export const rulesFile = 'monitoring/alerts.yaml';

/** Every rule, in the order of the file. */
export function allRules(): Rule[] {
  const { groups } = load(textOf(rulesFile)) as { groups: { name: string; rules: Rule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** Names of the time series that the recording rules create. */
export function recordedNames(): Set<string> {
  return new Set(allRules().flatMap(({ record }) => record ?? []));
}
