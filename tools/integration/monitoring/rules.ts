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

interface Group {
  readonly name: string;
  readonly rules: readonly Rule[];
}

function allGroups(): readonly Group[] {
  return (load(textOf(rulesFile)) as { groups: Group[] }).groups;
}

/** Names of the groups of rules, in the order of the file: a group comes after those whose recordings it reads. */
export function groupNames(): string[] {
  return allGroups().map(({ name }) => name);
}

/** Every rule, in the order of the file. */
export function allRules(): Rule[] {
  return allGroups().flatMap(({ rules }) => rules);
}

/** Names of the time series that the recording rules create. */
export function recordedNames(): Set<string> {
  return new Set(allRules().flatMap(({ record }) => record ?? []));
}
