import { natsAccounts, natsAccountsText, natsIdentities, natsPasswordVariable } from '@gatehouse/contracts';

/** The accounts of nats-server as a file to include in its configuration, with a comment about how to use it. */
export function accountsFile(): string {
  const accounts = natsAccounts((identity) => ({ variable: natsPasswordVariable(identity) }));
  const variables = natsIdentities.map((identity) => `#   ${natsPasswordVariable(identity)}\n`).join('');
  return `${HEADER}${variables}#\n${PASSWORDS}\n${natsAccountsText(accounts)}`;
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
#
# Set these environment variables for nats-server. Each holds the password of one user:
#
`;

const PASSWORDS = `# nats-server reads each value as it reads its configuration, so a password must begin with a letter, and must consist of
# letters, digits, "-" and "_":  echo "p$(openssl rand -base64 32 | tr '+/' '-_' | tr -d =)"
`;
