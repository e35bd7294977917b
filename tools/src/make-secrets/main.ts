import { resolve } from 'node:path';
import { explainFileError, isLocalServerError } from '@gatehouse/local-stack';
import { USAGE, parseCommand } from './command';
import { SecretInvalidError } from './errors';
import { makeSecrets, type SecretsReport } from './make-secrets';

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
    process.stdout.write(reportText(directory, makeSecrets(directory, command.postgres, command.emulator)));
  } catch (error) {
    const explained = explainFileError(error, directory);
    if (!(explained instanceof SecretInvalidError || isLocalServerError(explained))) throw error;
    process.stderr.write(`${explained.message}\n`);
    process.exitCode = 1;
  }
}

function reportText(directory: string, { files, missing }: SecretsReport): string {
  const lines = files.map(({ file, state }) => `  ${state.padEnd(7)} ${file}`);
  const left = missing.map(({ file, origin }) => `  ${file}\n    ${origin}`);
  const parts = [directory, ...lines, ...(left.length > 0 ? ['', 'Write these files yourself:', ...left] : [])];
  return `${parts.join('\n')}\n`;
}
