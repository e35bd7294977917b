import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SecretInvalidError } from '../make-secrets/errors';
import { SecretsMissingError } from './errors';
import { mountedSecrets, storeObjects } from './secret-objects';

const USAGE = `usage: npm run --silent k8s:secrets -- <directory> [--direct]

Prints the secrets of a directory, which npm run secrets has made, for kubectl apply --filename=-.

  (default)   the namespace gatehouse-secrets, which the SecretStore of the production overlay reads
  --direct    the Secrets that the pods mount, for a cluster without External Secrets Operator
`;

main();

function main(): void {
  const command = parseCommand(process.argv.slice(2));
  if (command === undefined) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  // npm runs this program in the checkout, and sets INIT_CWD to the folder in which npm was called.
  const directory = resolve(process.env.INIT_CWD ?? '.', command.directory);
  try {
    const items = command.direct ? mountedSecrets(directory) : storeObjects(directory);
    process.stdout.write(`${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`);
  } catch (error) {
    if (!(error instanceof SecretsMissingError || error instanceof SecretInvalidError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

function parseCommand(args: string[]): { readonly directory: string; readonly direct: boolean } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { direct: { type: 'boolean' } },
    });
    const [directory, ...rest] = positionals;
    return directory === undefined || rest.length > 0 ? undefined : { directory, direct: values.direct ?? false };
  } catch {
    // parseArgs throws for an unknown option.
    return undefined;
  }
}
