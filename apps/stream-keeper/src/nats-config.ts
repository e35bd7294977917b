import '@gatehouse/node-version';
import { accountsFile } from './print-accounts/accounts-file';

/** Prints the accounts of nats-server, without passwords. */
if (process.argv.length > 2) {
  process.stderr.write('usage: nats-config    print the section "accounts" of the configuration of nats-server\n');
  process.exitCode = 2;
} else {
  process.stdout.write(accountsFile());
}
