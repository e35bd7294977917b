import { isBuiltin } from 'node:module';

/** Package name of a specifier: `@scope/name` of `@scope/name/part`; empty for a module of Node. */
export function packageOf(specifier: string): string {
  if (isBuiltin(specifier)) return '';
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
