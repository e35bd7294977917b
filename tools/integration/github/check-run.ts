import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of this checkout. */
export const root = join(__dirname, '../../..');

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/**
 * Reports each line of a workflow's `run:` that is not one call of an npm script or of a file of this checkout. Longer
 * shell code belongs in a script, which can be run without GitHub.
 * @returns one sentence per fault
 */
export function runFaults(run: string): string[] {
  const lines = run.split('\n').map((line) => line.trim());
  return lines.filter((line) => line && !line.startsWith('#')).flatMap((line) => lineFault(line) ?? []);
}

function lineFault(line: string): string | undefined {
  if (/[;&|<>`$()]/.test(line)) return `"${line}" is shell code: move it into a script`;
  const npm = /^npm (?:run (?:--silent )?([\w:-]+)|(test|start))(?: |$)/.exec(line);
  const script = npm?.[1] ?? npm?.[2];
  if (script) return scripts[script] === undefined ? `package.json has no script "${script}"` : undefined;
  const file = /^(?:bash|node) ([\w./-]+)(?: |$)/.exec(line)?.[1];
  if (file) return existsSync(join(root, file)) ? undefined : `there is no file ${file}`;
  return `"${line}" calls neither an npm script nor a file of this checkout`;
}
