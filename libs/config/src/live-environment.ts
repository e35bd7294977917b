import { z } from 'zod';
import { LiveValue, type Live } from './live';
import { type Environment, faultOf, parseWithFiles } from './parse-environment';
import { PolledFile } from './polled-file';
import { SecretFiles } from './secret-files';
import { fileVariable } from './secret-variables';

/** Decides whether a new value of a variable may be used. Returns why not, or undefined. */
export type Approval<Value> = (value: Value) => Promise<string | undefined>;

/** A parsed environment. The settings that come from secret files change while the service runs. */
export interface LiveEnvironment<Values> {
  /** The values at start. */
  readonly values: Values;
  /** Makes a setting of one or more secret variables. It is made anew whenever the file of one of them changes. */
  readonly live: <Setting>(make: (values: Values) => Setting, ...secrets: (keyof Values)[]) => Live<Setting>;
  /** The files to read again; empty when every secret is in the environment. */
  readonly secretFiles: SecretFiles;
  /** Has each new value of a variable approved before it is used. */
  readonly approve: <Name extends keyof Values>(secret: Name, approval: Approval<Values[Name]>) => void;
}

/**
 * Like `parseEnvironment`, for a service that reads its secret files again while it runs. A new value is parsed by the
 * same schema, without the rules that concern several variables.
 * @throws ConfigError that lists every fault, but no value
 */
export function parseLiveEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Environment,
): LiveEnvironment<z.output<Schema>> {
  type Values = z.output<Schema>;
  const { values, files } = parseWithFiles(schema, environment);
  const current: Values = { ...values };
  const approvals = new Map<keyof Values, Approval<never>>();
  const updates: { readonly secrets: readonly (keyof Values)[]; readonly update: () => void }[] = [];

  const accept = async (name: keyof Values & string, text: string): Promise<string | undefined> => {
    const given = { [name]: text };
    const parsed = z.object({ [name]: schema.shape[name] as z.ZodType }).safeParse(given);
    if (!parsed.success) return parsed.error.issues.map((issue) => faultOf(issue, given, true).problem).join('; ');
    const value = parsed.data[name] as never;
    const problem = await approvals.get(name)?.(value);
    if (problem !== undefined) return problem;
    current[name] = value;
    for (const { secrets, update } of updates) if (secrets.includes(name)) update();
    return undefined;
  };

  return {
    values,
    live(make, ...secrets) {
      const setting = new LiveValue(make(current));
      updates.push({ secrets, update: () => setting.set(make(current)) });
      return setting;
    },
    secretFiles: new SecretFiles(
      [...files].map(
        ([name, { path, value }]) => new PolledFile(fileVariable(name), path, value, (text) => accept(name, text)),
      ),
    ),
    approve(secret, approval) {
      approvals.set(secret, approval);
    },
  };
}
