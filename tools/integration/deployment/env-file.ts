import { readFileSync } from 'node:fs';

/** A line of an .env.example: a variable that is set, or one that is commented out. */
export interface EnvLine {
  readonly name: string;
  readonly value: string;
  /** Whether the line is set, not commented out. */
  readonly set: boolean;
  /** The comment above the line. */
  readonly comment: string;
}

/** Parses an .env.example. @throws Error for a line that is neither a variable, a comment nor empty */
export function readEnvFile(path: string): EnvLine[] {
  const found: EnvLine[] = [];
  let comment = '';
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [, hash, name = '', value = ''] = /^(#?)([A-Z][A-Z0-9_]*)=(\S*)$/.exec(line) ?? [];
    if (hash !== undefined) found.push({ name, value, set: hash === '', comment });
    else if (line.startsWith('# ')) comment = line.slice(2);
    else if (line === '') comment = '';
    else throw new Error(`not a line of an .env file: ${line}`);
  }
  return found;
}

/** The variables of some lines, as an environment. */
export function environmentOf(lines: readonly EnvLine[]): Record<string, string> {
  return Object.fromEntries(lines.map(({ name, value }) => [name, value]));
}
