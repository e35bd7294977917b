import '@gatehouse/node-version';
import { parseArgs } from 'node:util';
import { accountsFile } from './print-accounts/accounts-file';

const USAGE = `usage: nats-config [--passwords <path>]
  prints the section "accounts" of the configuration of nats-server

  --passwords <path>  the printed file includes this file, which sets the passwords; relative to the printed file
`;

/** Prints the accounts of nats-server, without passwords. */
function main(): void {
  const path = passwordsFile();
  if (path === false) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
  } else {
    process.stdout.write(accountsFile(path));
  }
}

/** The argument of `--passwords`; false when the arguments are not valid. */
function passwordsFile(): string | undefined | false {
  try {
    const { passwords } = parseArgs({ options: { passwords: { type: 'string' } } }).values;
    // nats-server joins the path to the folder of the file that includes it, so it cannot be absolute.
    return passwords !== undefined && (passwords === '' || passwords.startsWith('/')) ? false : passwords;
  } catch {
    return false;
  }
}

main();
