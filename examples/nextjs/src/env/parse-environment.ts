import { z } from 'zod';

/** Parses environment variables. @throws Error that names each invalid variable, and never shows a value */
export function parseEnvironment<Shape extends z.ZodRawShape>(shape: Shape, variables: NodeJS.Dict<string>) {
  const present = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const parsed = z.object(shape).safeParse(present);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')} ${message}`);
  throw new Error(`The environment is invalid; the variables belong into .env.local:\n${faults.join('\n')}`);
}
