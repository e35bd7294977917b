import { Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { type FieldFault, RequestInvalidError } from '../errors';

const MAX_FAULTS = 50;
const MAX_NAME = 64;

/** What both Standard Schema and Zod tell of a fault. */
interface Issue {
  readonly message: string;
  readonly path?: readonly unknown[];
  readonly code?: string;
  readonly keys?: readonly string[];
}

/** Holds bodies, parameters and queries to the schema of their route, and lists every field at fault. */
@Injectable()
export class ValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => new RequestInvalidError(issues.flatMap(faultsOf).slice(0, MAX_FAULTS)) });
  }

  /** Leaves `__proto__` where it is: a strict schema refuses it by its name, as any other field that is not its own. */
  protected override stripProtoKeys(): void {
    return;
  }
}

function faultsOf(issue: Issue): FieldFault[] {
  const path = (issue.path ?? []).map((part) => String(isKeyed(part) ? part.key : part));
  const names = issue.code === 'unrecognized_keys' ? (issue.keys ?? []) : [undefined];
  return names.map((name) => ({
    field: [...path, ...(name === undefined ? [] : [name])].join('.').slice(0, MAX_NAME) || 'body',
    message: name === undefined ? issue.message : 'is not a field that can be given here',
  }));
}

function isKeyed(part: unknown): part is { readonly key: PropertyKey } {
  return typeof part === 'object' && part !== null && 'key' in part;
}
