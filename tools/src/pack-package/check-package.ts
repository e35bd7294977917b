import { readFileSync } from 'node:fs';
import { checkPackage as checkTypes, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { PackError } from './errors';

/**
 * Checks the tarball of a package as its users resolve it: publint checks the package.json and the files that it names,
 * attw checks the types for ES modules, CommonJS and bundlers.
 * @throws PackError with every fault
 */
export async function checkPackage(tarball: string): Promise<void> {
  const bytes = new Uint8Array(readFileSync(tarball));
  const faults = [...(await manifestFaults(bytes)), ...(await typeFaults(bytes))];
  if (faults.length > 0) throw new PackError(`${tarball} has faults:\n${faults.map((one) => `- ${one}`).join('\n')}`);
}

async function manifestFaults(bytes: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  return messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code);
}

async function typeFaults(bytes: Uint8Array): Promise<string[]> {
  const analysis = await checkTypes(createPackageFromTarballData(bytes));
  if (analysis.types === false) return ['The package has no types.'];
  // TypeScript 6 deprecates the resolution of Node 10, which knows no other entry than the main one.
  const isOfOldResolution = (problem: object): boolean =>
    'entrypoint' in problem &&
    problem.entrypoint !== '.' &&
    'resolutionKind' in problem &&
    problem.resolutionKind === 'node10';
  const problems = analysis.problems.filter((problem) => !isOfOldResolution(problem));
  return problems.map(({ kind, ...where }) => {
    const place = 'entrypoint' in where ? `${where.entrypoint} for ${where.resolutionKind}` : JSON.stringify(where);
    return `Types: ${kind}: ${place}`;
  });
}
