import type { z } from 'zod';
import { ConfigError, type ConfigFault } from './errors';
import { readSecretFileSync } from './secret-file';
import { fileVariable, secretVariables } from './secret-variables';

/** The variables of a program, by name; undefined or empty when unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Parses the whole environment at start. Empty variables count as unset. A secret variable may be set by its `_FILE`
 * twin instead, which names a file with the value.
 * @throws ConfigError that lists every fault, but no value
 */
export function parseEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Environment,
): z.output<Schema> {
  return parseWithFiles(schema, environment).values;
}

/** A secret file that was read at start. */
interface ReadFile {
  readonly path: string;
  readonly value: string;
}

/** Like {@link parseEnvironment}; also returns the secret files, by variable. */
export function parseWithFiles<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Environment,
): { readonly values: z.output<Schema>; readonly files: ReadonlyMap<string, ReadFile> } {
  const { values, files, faults } = resolveFiles(schema, environment);
  const parsed = schema.safeParse(values);
  if (parsed.success && faults.size === 0) return { values: parsed.data, files };
  const issues = (parsed.error?.issues ?? []).filter(({ path: [name] }) => !faults.has(String(name)));
  throw new ConfigError([
    ...faults.values(),
    ...issues.map((issue) => faultOf(issue, values, files.has(String(issue.path[0])))),
  ]);
}

/** Fault of a value that the schema rejects. `fromFile`: whether the value comes from the file of the `_FILE` twin. */
export function faultOf(
  issue: z.core.$ZodIssue,
  values: Readonly<Record<string, unknown>>,
  fromFile: boolean,
): ConfigFault {
  const [name, element] = issue.path;
  const problem = describe(issue, values[String(name)] === undefined);
  const variable = String(name ?? 'environment');
  return {
    variable: fromFile ? fileVariable(variable) : variable,
    ...(typeof element === 'number' && !fromFile && { element }),
    problem: fromFile ? `names a file whose content ${problem}` : problem,
  };
}

interface Resolved {
  /** Values by variable, those from files included. */
  readonly values: Readonly<Record<string, string>>;
  /** By secret variable: the file that sets it. */
  readonly files: ReadonlyMap<string, ReadFile>;
  /** By secret variable: the fault of its `_FILE` twin. */
  readonly faults: ReadonlyMap<string, ConfigFault>;
}

function resolveFiles(schema: z.ZodObject, environment: Environment): Resolved {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value) values[name] = value;
  const files = new Map<string, ReadFile>();
  const faults = new Map<string, ConfigFault>();
  for (const name of Object.keys(schema.shape).filter((known) => secretVariables.includes(known))) {
    const variable = fileVariable(name);
    const path = environment[variable];
    if (!path) continue;
    const content = environment[name]
      ? { problem: `is set, and so is ${name}: set only one of them` }
      : readSecretFileSync(path);
    if ('problem' in content) faults.set(name, { variable, problem: content.problem });
    else {
      values[name] = content.value;
      files.set(name, { path, value: content.value });
    }
  }
  return { values, files, faults };
}

function describe(issue: z.core.$ZodIssue, missing: boolean): string {
  if (missing && issue.code === 'invalid_type') return 'is required';
  switch (issue.code) {
    case 'custom':
      return issue.message;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `is below the minimum of ${String(issue.minimum)}${unit(issue.origin)}`;
    case 'too_big':
      return `is above the maximum of ${String(issue.maximum)}${unit(issue.origin)}`;
    case 'invalid_format':
      return issue.format === 'regex' ? issue.message : `is not a valid ${issue.format}`;
    case 'invalid_type':
      return issue.expected === 'int' ? 'must be a whole number' : `must be a ${issue.expected}`;
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
      return 'is not valid';
  }
}

function unit(origin: string): string {
  return origin === 'string' ? ' characters' : '';
}
