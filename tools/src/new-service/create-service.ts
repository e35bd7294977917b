import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, getFileInfo, resolveConfig } from 'prettier';
import { deployEntries, deployFiles } from './deploy-files';
import { ServiceNameInvalidError } from './errors';
import { kubernetesEntries, kubernetesFiles } from './kubernetes-files';
import { serviceFiles } from './service-files';
import { serviceNames } from './service-names';
import { nextOpsPort, tableEntries, withEntry } from './table-entries';

/**
 * Writes the files of a new service into a checkout, and adds its entries to existing files. If it fails, nothing is
 * written.
 * @returns the paths of what was written, relative to the checkout
 * @throws ServiceNameInvalidError, PlaceNotFoundError
 */
export async function createService(root: string, name: string): Promise<string[]> {
  const names = serviceNames(name);
  const port = nextOpsPort();
  const texts = new Map(
    Object.entries({ ...serviceFiles(names), ...deployFiles(names, port), ...kubernetesFiles(root, names, port) }),
  );
  if ([...texts.keys()].some((path) => existsSync(join(root, path)))) {
    throw new ServiceNameInvalidError('is taken: files of that name exist');
  }
  for (const entry of [...tableEntries(names), ...deployEntries(names, port), ...kubernetesEntries(root, names)]) {
    texts.set(entry.file, withEntry(texts.get(entry.file) ?? readFileSync(join(root, entry.file), 'utf8'), entry));
  }
  const formatted = await Promise.all(
    [...texts].map(async ([path, text]) => {
      const filepath = join(root, path);
      const { inferredParser } = await getFileInfo(filepath);
      if (inferredParser === null) return [path, text] as const;
      return [path, await format(text, { ...(await resolveConfig(filepath)), filepath })] as const;
    }),
  );
  for (const [path, text] of formatted) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return [...texts.keys()];
}
