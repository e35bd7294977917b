import { natsIdentities, natsPasswordVariable, natsQuoted } from '@gatehouse/contracts';

/** Path of the file that nats-server includes. */
export const NATS_PASSWORDS_FILE = 'nats-server/passwords.conf';

/** The passwords of all NATS users, as variables of nats-server's configuration. `read` returns a secret's content. */
export function natsPasswordsText(read: (file: string) => string): string {
  const lines = natsIdentities.map((identity) => {
    return `${natsPasswordVariable(identity)} = ${natsQuoted(read(`${identity}/NATS_PASSWORD`))}\n`;
  });
  return `# Generated from the files NATS_PASSWORD beside this folder; do not edit.\n${lines.join('')}`;
}
