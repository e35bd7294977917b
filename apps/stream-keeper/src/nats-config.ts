import '@gatehouse/node-version';
import { renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { accountsFile } from './print-accounts/accounts-file';

const USAGE = `usage: nats-config [--passwords <path>] [--output <path>]
  prints the section "accounts" of the configuration of nats-server

  --passwords <path>  the printed file includes this file, which sets the passwords; relative to the printed file
  --output <path>     writes the file instead of printing it; for images, which have no shell
`;

interface Arguments {
  readonly passwords?: string | undefined;
  readonly output?: string | undefined;
}

/** Prints the accounts of nats-server, without passwords. */
function main(): void {
  const given = parseArguments();
  if (given === undefined) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const text = accountsFile(given.passwords);
  if (given.output === undefined) process.stdout.write(text);
  else write(given.output, text);
}

/** Parses the arguments; undefined when they are not valid. */
function parseArguments(): Arguments | undefined {
  try {
    const { values } = parseArgs({ options: { passwords: { type: 'string' }, output: { type: 'string' } } });
    const { passwords, output } = values;
    // nats-server joins the path to the folder of the file that includes it, so it cannot be absolute.
    const unfit = passwords === '' || passwords?.startsWith('/') === true || output === '';
    return unfit ? undefined : values;
  } catch {
    return undefined;
  }
}

/** Writes a file that appears with its whole content, because nats-server may read it at the same time. */
function write(path: string, text: string): void {
  try {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  } catch (error) {
    process.stderr.write(`nats-config cannot write its file: ${error instanceof Error ? error.message : 'unknown'}\n`);
    process.exitCode = 1;
  }
}

main();
