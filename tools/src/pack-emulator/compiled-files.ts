import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { packageOf } from './package-of';

/** Compiled files that the package needs. */
export interface CompiledFiles {
  /** Content by path in the build. */
  readonly files: ReadonlyMap<string, string>;
  /** Packages that the files load. */
  readonly packages: ReadonlySet<string>;
  /** Exports of the first entry. */
  readonly names: readonly string[];
}

const REQUIRE = /require\("([^"]+)"\)/g;
/** Index of a workspace library, of which only the used exports are packed. */
const BARREL = /^libs\/[a-z-]+\/src\/index\.js$/;

/**
 * Follows `require` from the entries.
 *
 * @param build output folder of swc
 */
export function compiledFiles(build: string, entries: readonly [string, ...string[]]): CompiledFiles {
  const read = (path: string): string =>
    readFileSync(join(build, path), 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
  const files = new Map<string, string>();
  const packages = new Set<string>();
  const usedOf = new Map<string, Set<string>>();
  const visit = (path: string): void => {
    if (files.has(path)) return;
    const text = read(path);
    files.set(path, text);
    follow(path, text);
  };
  const follow = (path: string, text: string): void => {
    for (const [, wanted = ''] of text.matchAll(REQUIRE)) {
      const target = normalize(join(dirname(path), wanted));
      if (!wanted.startsWith('.')) packages.add(packageOf(wanted));
      else if (BARREL.test(target)) visitBarrel(target, usedNames(text, wanted));
      else visit(target);
    }
  };
  const visitBarrel = (path: string, names: readonly string[]): void => {
    const used = new Set([...(usedOf.get(path) ?? []), ...names]);
    usedOf.set(path, used);
    const text = narrowed(read(path), used);
    files.set(path, text);
    follow(path, text);
  };
  entries.forEach(visit);
  packages.delete('');
  return { files, packages, names: [...exportsOf(read(entries[0])).keys()] };
}

/** Exports that a module uses of another: `const _a = require("…")`, then `_a.name`. */
function usedNames(text: string, wanted: string): string[] {
  const [variable] = [...requiredBy(text)].find(([, from]) => from === wanted) ?? [];
  return [...text.matchAll(/\b(\w+)\.(\w+)/g)].flatMap(([, of, name]) => (of === variable && name ? [name] : []));
}

/** Specifiers that a module requires, by the variable that holds the result. */
function requiredBy(text: string): Map<string, string> {
  return new Map([...text.matchAll(/(\w+) = require\("([^"]+)"\)/g)].map(([, name = '', from = '']) => [name, from]));
}

/** Specifier of each export of a barrel. */
function exportsOf(barrel: string): Map<string, string> {
  const sources = requiredBy(barrel);
  // swc writes a getter in an object for several exports, and `get: function` for a single one.
  const getters = barrel.matchAll(/get:? ?(?:function ?)?\w* ?\(\) ?\{\s*return (\w+)\.(\w+)/g);
  return new Map([...getters].map(([, variable = '', name = '']) => [name, sources.get(variable) ?? '']));
}

/** The barrel with only these exports. */
function narrowed(barrel: string, used: ReadonlySet<string>): string {
  const exported = [...exportsOf(barrel)].filter(([name]) => used.has(name));
  return ['"use strict";', ...exported.map(([name, from]) => `exports.${name} = require("${from}").${name};`), ''].join(
    '\n',
  );
}
