import { isBuiltin } from 'node:module';

/** The package that a specifier names, `@scope/name` of `@scope/name/part`; empty for what Node brings along. */
export function packageOf(specifier: string): string {
  if (isBuiltin(specifier)) return '';
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
