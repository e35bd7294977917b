import { natsAccounts, natsAccountsText, natsIdentities, natsPasswordVariable, natsQuoted } from '@gatehouse/contracts';

/**
 * The accounts of nats-server as a file to include in its configuration, with a comment about how to use it.
 * @param passwordsFile path of the file that sets the passwords, relative to the printed file; without it, the passwords
 * are variables of nats-server's environment
 */
export function accountsFile(passwordsFile?: string): string {
  const accounts = natsAccounts((identity) => ({ variable: natsPasswordVariable(identity) }));
  const passwords = passwordsFile === undefined ? FROM_ENVIRONMENT : fromFile(passwordsFile);
  return `${HEADER}#\n${passwords}\n${natsAccountsText(accounts)}`;
}

const HEADER = `# The accounts of Gatehouse: one for the streams, and one for each service. Generated; do not edit.
#
# Save this text as gatehouse-accounts.conf beside nats-server.conf, which has at least:
#
#   max_payload: 2MB
#   jetstream {
#     store_dir: "/var/lib/nats"
#     sync_interval: always    # nats-server 2.10 or later: acknowledges no message before it is on disk
#   }
#   include ./gatehouse-accounts.conf
`;

const variables = natsIdentities.map(natsPasswordVariable);

const FROM_ENVIRONMENT = `# Set these environment variables for nats-server. Each holds the password of one user:
#
${variables.map((variable) => `#   ${variable}\n`).join('')}#
# nats-server reads each value as it reads its configuration, so a password must begin with a letter, and must consist of
# letters, digits, "-" and "_":  echo "p$(openssl rand -base64 32 | tr '+/' '-_' | tr -d =)"
#
# A running nats-server keeps its environment, so a new password needs its restart. With passwords in a file, a reload is
# enough:  nats-config --passwords ./passwords.conf
`;

function fromFile(path: string): string {
  return `# The file ${path} sets the password of each user, and nothing else:
#
${variables.map((variable) => `#   ${variable} = "<password>"\n`).join('')}#
# Quote each password; within the quotes, write \\ before " and before \\. The path is relative to this file, which must
# include it itself: nats-server looks for variables only in the file that uses them and in what that file includes.
#
# To change a password, change it in the service first, then in that file; then reload nats-server without a restart:
#
#   nats-server --signal reload=<pid>

include ${natsQuoted(path)}
`;
}
