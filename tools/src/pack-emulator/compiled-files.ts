import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { packageOf } from './package-of';

/** What programs load. */
export interface CompiledFiles {
  /** Text by path in the build. */
  readonly files: ReadonlyMap<string, string>;
  /** Packages that they load. */
  readonly packages: ReadonlySet<string>;
  /** What the first one exports. */
  readonly names: readonly string[];
}

const REQUIRE = /require\("([^"]+)"\)/g;
/** A library's index, of which only those files come along whose exports are used. */
const BARREL = /^libs\/[a-z-]+\/src\/index\.js$/;

/**
 * Follows `require` from the given files of the build.
 *
 * @param build the folder that swc compiled into
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

/** The names that a module takes from another: `const _a = require("…")`, then `_a.name`. */
function usedNames(text: string, wanted: string): string[] {
  const [variable] = [...requiredBy(text)].find(([, from]) => from === wanted) ?? [];
  return [...text.matchAll(/\b(\w+)\.(\w+)/g)].flatMap(([, of, name]) => (of === variable && name ? [name] : []));
}

/** What a module requires, by the variable that holds it. */
function requiredBy(text: string): Map<string, string> {
  return new Map([...text.matchAll(/(\w+) = require\("([^"]+)"\)/g)].map(([, name = '', from = '']) => [name, from]));
}

/** Where each export of a barrel comes from. */
function exportsOf(barrel: string): Map<string, string> {
  const sources = requiredBy(barrel);
  const getters = barrel.matchAll(/get (\w+) ?\(\) ?\{\s*return (\w+)\./g);
  return new Map([...getters].map(([, name = '', variable = '']) => [name, sources.get(variable) ?? '']));
}

/** The barrel with these exports alone. */
function narrowed(barrel: string, used: ReadonlySet<string>): string {
  const exported = [...exportsOf(barrel)].filter(([name]) => used.has(name));
  return ['"use strict";', ...exported.map(([name, from]) => `exports.${name} = require("${from}").${name};`), ''].join(
    '\n',
  );
}
