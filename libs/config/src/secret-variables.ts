import { type z } from 'zod';

/**
 * Variables that hold a secret. Each has a twin with the suffix `_FILE`: the path of a file with the value, for Docker
 * and Kubernetes, which mount secrets as files.
 */
export const secretVariables: readonly string[] = [
  'ASSERTION_PRIVATE_KEYS',
  'CLERK_EMULATOR_PRIVATE_KEY',
  'CLERK_JWT_KEY',
  'CLERK_SECRET_KEY',
  'CLERK_WEBHOOK_SIGNING_SECRET',
  'CLERK_WEBHOOK_SIGNING_SECRETS',
  'CURSOR_SECRET',
  'DATABASE_URL',
  'ENVELOPE_PRIVATE_KEY',
  'ENVELOPE_PUBLIC_KEYS',
  'FORWARD_AUTH_SECRET',
  'IDEMPOTENCY_SECRET',
  'LEGACY_JWT_SECRETS',
  'NATS_PASSWORD',
  'RATE_LIMIT_STORE',
  'WORKER_DATABASE_URL',
];

/** Name of the variable with the path of the file that holds a secret variable's value. */
export function fileVariable(name: string): string {
  return `${name}_FILE`;
}

/** Names of all variables that a program with this schema reads, including the `_FILE` twins of secrets. */
export function variableNamesOf(schema: z.ZodObject): readonly string[] {
  const names = Object.keys(schema.shape);
  return [...names, ...names.filter((name) => secretVariables.includes(name)).map(fileVariable)];
}
