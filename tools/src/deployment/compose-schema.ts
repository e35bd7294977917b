import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What is used of Ajv. */
interface Validator {
  (value: unknown): boolean;
  readonly errors?: readonly { instancePath: string; message?: string; params: Record<string, unknown> }[] | null;
}

/** The part of Ajv's class that is used. */
type Ajv = new (options: object) => { compile(schema: object): Validator };

/**
 * What the schema of the Compose Specification finds wrong with a file, among it every unknown field. dclint brings the
 * schema and an Ajv that fits it.
 */
export function composeSchemaFaults(file: unknown): string[] {
  const manifest = require.resolve('dclint/package.json');
  const { default: Ajv } = createRequire(manifest)('ajv') as { default: Ajv };
  const schema = JSON.parse(readFileSync(join(dirname(manifest), 'schemas/compose.schema.json'), 'utf8')) as object;
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false, validateSchema: false }).compile(
    schema,
  );
  if (validate(file)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message = '', params }) =>
      `${instancePath || 'the file'} ${message}${'additionalProperty' in params ? `: ${String(params['additionalProperty'])}` : ''}`,
  );
}
