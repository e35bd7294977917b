import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import { ComposeFileError } from './errors';

/** A container of a Compose file, with the fields that the rules read. Other fields are checked by the schema. */
export interface ComposeContainer {
  readonly image?: string;
  readonly build?: { readonly dockerfile?: string; readonly args?: Readonly<Record<string, string>> };
  readonly profiles?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly privileged?: boolean;
  readonly network_mode?: string;
  readonly networks?: readonly string[];
  readonly ports?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly (string | ComposeMount)[];
  readonly tmpfs?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly logging?: { readonly driver?: string; readonly options?: Readonly<Record<string, string>> };
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly mem_limit?: string;
}

/** A mount of a Compose file, in its long form. */
export interface ComposeMount {
  readonly type: string;
  readonly source: string;
  readonly target: string;
  readonly read_only?: boolean;
}

/** A parsed Compose file. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeContainer>>;
  readonly networks?: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

/**
 * Parses a Compose file and replaces its variables as Compose does.
 * @throws ComposeFileError for a required variable that is not set
 */
export function parseComposeFile(text: string, variables: Readonly<Record<string, string>>): ComposeFile {
  return interpolated(load(text, { schema: CORE_SCHEMA.withTags(mergeTag) }), variables) as ComposeFile;
}

/** Parses a file of variables, such as `.env`: lines `NAME=value`, without quotes. */
export function parseEnvironmentFile(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => /^\w+=/.test(line));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

function interpolated(value: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return replaced(value, variables);
  if (Array.isArray(value)) return value.map((item) => interpolated(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolated(item, variables)]));
}

/** Replaces `$$`, `${NAME}`, `${NAME:-default}` and `${NAME:?message}`. */
function replaced(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\{(\w+)(?::([-?])([^}]*))?\}/g, (found, name?: string, kind?: string, rest?: string) => {
    if (name === undefined) return '$';
    const value = variables[name];
    if (value) return value;
    if (kind === '?') throw new ComposeFileError(`${name} is required: ${rest}`);
    return kind === '-' ? (rest ?? '') : '';
  });
}
