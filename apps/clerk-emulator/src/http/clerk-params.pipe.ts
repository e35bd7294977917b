import { type PipeTransform } from '@nestjs/common';
import { type z } from 'zod';
import { type ClerkErrorItem } from '../clerk/clerk-api-error';
import { FormInvalidError, RequestBodyInvalidError } from '../errors';

/** Parses a body or query by a schema. Each invalid parameter becomes one of Clerk's `form_param_*` errors. */
export class ClerkParams<S extends z.ZodType> implements PipeTransform<unknown, z.output<S>> {
  constructor(private readonly schema: S) {}

  transform(value: unknown): z.output<S> {
    const parsed = this.schema.safeParse(value ?? {});
    if (parsed.success) return parsed.data;
    if (parsed.error.issues.some((issue) => issue.path.length === 0 && issue.code === 'invalid_type')) {
      throw new RequestBodyInvalidError();
    }
    throw new FormInvalidError(parsed.error.issues.flatMap((issue) => describe(issue, value ?? {})));
  }
}

function describe(issue: z.core.$ZodIssue, input: unknown): ClerkErrorItem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      item('form_param_unknown', key, 'is unknown', `${key} is not a valid parameter for this request.`),
    );
  }
  const name = String(issue.path[0] ?? '');
  if (issue.code === 'invalid_type' && valueAt(input, issue.path) === undefined) {
    return [item('form_param_missing', name, 'is missing', `${name} must be included.`)];
  }
  return [item('form_param_format_invalid', name, 'is invalid', `${name}: ${issue.message}`)];
}

function item(code: string, paramName: string, message: string, longMessage: string): ClerkErrorItem {
  return { code, message, longMessage, meta: { param_name: paramName } };
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], input);
}
