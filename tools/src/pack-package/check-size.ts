import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
// @ts-expect-error it has no types
import preset from '@size-limit/preset-small-lib';
import sizeLimit from 'size-limit';
import { PackError } from './errors';

/**
 * Checks what each entry of a package costs a page: bundled with its dependencies, minified, compressed by gzip.
 * @param folder of the package, with its code in lib/
 * @param limits bytes at most, by entry
 * @param ignore packages that are not counted, because the page has them anyway
 * @throws PackError
 */
export async function checkSize(
  root: string,
  folder: string,
  limits: Readonly<Record<string, number>>,
  ignore: readonly string[] = [],
): Promise<void> {
  // The bundler finds the dependencies of the package there.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  const checks = Object.keys(limits).map((entry) => ({
    files: [join(folder, `lib/${entry}.mjs`)],
    gzip: true,
    ignore,
  }));
  const sizes = (await sizeLimit(preset as (() => void)[], { checks })) as { size: number }[];
  for (const [index, [entry, limit]] of Object.entries(limits).entries()) {
    const size = sizes[index]?.size ?? Number.POSITIVE_INFINITY;
    if (size > limit) throw new PackError(`The entry ${entry} has ${size} bytes; it may have ${limit}.`);
  }
}
