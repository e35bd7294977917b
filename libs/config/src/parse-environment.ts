import type { z } from 'zod';
import { ConfigError } from './errors';

/**
 * Parses the whole environment at start. Empty variables count as unset.
 * @throws ConfigError that lists every fault, but no value
 */
export function parseEnvironment<Schema extends z.ZodType>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(set);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map((issue) => {
      const [name, element] = issue.path;
      return {
        variable: String(name ?? 'environment'),
        ...(typeof element === 'number' && { element }),
        problem: describe(issue, set[String(name)] === undefined),
      };
    }),
  );
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
