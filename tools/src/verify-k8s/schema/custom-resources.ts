import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@gatehouse/local-stack';
import { z } from 'zod';
import { type KubernetesObject } from '../objects/kubernetes-object';

type JsonSchema = { [key: string]: unknown };

/** The schema of a custom resource for which npm has no models; copied from the project that defines it. */
interface CustomResource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly schema: JsonSchema;
}

/** Validators of custom resources, by `apiVersion kind`. They refuse unknown fields. */
export function customResources(): ReadonlyMap<string, z.ZodType> {
  const folder = join(workspaceRoot(), 'tools/src/verify-k8s/crds');
  return new Map(
    globSync('*.json', { cwd: folder }).map((file) => {
      const { apiVersion, kind, schema } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CustomResource;
      return [`${apiVersion} ${kind}`, z.fromJSONSchema(strict(schema) as never)];
    }),
  );
}

/** Violations of an object, without what every object has. */
export function customViolations(validator: z.ZodType, object: KubernetesObject): { path: string; problem: string }[] {
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...rest } = object;
  const result = validator.safeParse(rest);
  if (result.success) return [];
  return result.error.issues.flatMap((issue) => {
    const path = pathText(issue.path);
    if (issue.code !== 'unrecognized_keys') return [{ path, problem: issue.message }];
    return issue.keys.map((key) => ({ path: path === '' ? key : `${path}.${key}`, problem: 'is not a field' }));
  });
}

/** Refuses every property that an object of the schema does not list, unless the schema keeps unknown ones. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { properties, ...rest } = schema as JsonSchema;
  // Formats such as int32 say nothing that JSON Schema can check; IntOrString has no type.
  const kept = Object.entries(rest).filter(([key]) => !key.startsWith('x-kubernetes-') && key !== 'format');
  const copy: JsonSchema = Object.fromEntries(kept.map(([key, value]) => [key, strict(value)]));
  if (properties === undefined) return copy;
  copy.properties = Object.fromEntries(
    Object.entries(properties as JsonSchema).map(([name, property]) => [name, strict(property)]),
  );
  if (rest['x-kubernetes-preserve-unknown-fields'] !== true) copy.additionalProperties ??= false;
  return copy;
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .slice(1);
}
