import { knownFieldFaults } from '@gatehouse/contracts';
import { type ArgumentMetadata, Injectable, type Paramtype, StandardSchemaValidationPipe } from '@nestjs/common';
import { type FieldFault, type FieldPlace, RequestInvalidError } from '../errors';
import { fieldFault, unknownField } from '../problems/field-faults';
import { readableFault } from '../problems/readable-fault';
import { z } from 'zod';

/** Fields of an issue that a schema reports. Only schemas of Zod set `code` and `keys`. */
interface Issue {
  readonly message: string;
  readonly path?: readonly unknown[];
  readonly code?: string;
  readonly keys?: readonly string[];
}

const places: Partial<Record<Paramtype, FieldPlace>> = { param: 'path', query: 'query' };

/** Validates bodies, path parameters and queries by the schemas of the route. Reports every invalid field. */
@Injectable()
export class ValidationPipe extends StandardSchemaValidationPipe {
  /**
   * Validates one body, query or path parameter. Unlike Nest's pipe, keeps `__proto__`, so that a strict schema rejects
   * it by name like any other unknown field. Validates a missing body as `{}`, so that the schema names the missing
   * fields.
   * @throws RequestInvalidError
   */
  override async transform<Value>(value: Value, metadata: ArgumentMetadata): Promise<Value> {
    if (metadata.schema === undefined || !this.toValidate(metadata)) return value;
    const given = metadata.type === 'body' && value === undefined ? {} : value;
    const result = await this.validate(given, metadata.schema);
    if (result.issues === undefined) return result.value as Value;
    throw new RequestInvalidError(result.issues.flatMap((issue) => faultsOf(issue, metadata)));
  }
}

function faultsOf(issue: Issue, { type, data, schema }: ArgumentMetadata): FieldFault[] {
  const place = places[type] ?? 'body';
  // `data` is the name of a single path parameter; a whole body or query has none.
  const path = [...(data === undefined ? [] : [data]), ...(issue.path ?? []).map((part) => String(keyOf(part)))];
  if (issue.code !== 'unrecognized_keys') return [fieldFault(place, path, readableFault(issue.message))];
  const known = (path.length === 0 && schema instanceof z.ZodType ? knownFieldFaults.get(schema) : undefined) ?? {};
  return (issue.keys ?? []).map((name) =>
    Object.hasOwn(known, name) ? fieldFault(place, [name], known[name] ?? '') : unknownField(place, [...path, name]),
  );
}

function keyOf(part: unknown): unknown {
  return typeof part === 'object' && part !== null && 'key' in part ? part.key : part;
}
