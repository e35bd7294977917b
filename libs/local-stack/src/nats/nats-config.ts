import { type NatsAccount, natsAccountsText, natsQuoted } from '@gatehouse/contracts';
import { isAtLeast } from './nats-resolution';

/** Settings of nats-server. */
export interface NatsConfig {
  /** Version of the server, e.g. `2.9.10`. Settings that this version would reject are left out. */
  version: string;
  host: string;
  port: number;
  storeDirectory: string;
  accounts?: readonly NatsAccount[];
  /** The part of the configuration file that defines accounts, as text. Replaces the text made from `accounts`. */
  accountsText?: string;
  /** Whether the server acknowledges a message only when the message is on disk. Ignored before nats-server 2.10. */
  syncAlways?: boolean;
  /** Maximum disk space that all streams together may reserve, e.g. `1TB`; by default a share of the disk. */
  maxFileStore?: string;
}

/** Largest message in bytes: a 1 MiB webhook with its headers fits. */
const natsMaxPayload = 2 * 1024 * 1024;

/** Time for a client to send its password. nats-server's 2 s are too short on a busy machine. */
const AUTHORIZATION_TIMEOUT_S = 20;

/** The text of a configuration file. It contains passwords: write it with mode 0600. */
export function natsConfigText(config: NatsConfig): string {
  const lines = [
    `host: ${natsQuoted(config.host)}`,
    `port: ${config.port}`,
    'server_name: "gatehouse-local"',
    `max_payload: ${natsMaxPayload}`,
    'jetstream {',
    `  store_dir: ${natsQuoted(config.storeDirectory)}`,
    ...(config.maxFileStore ? [`  max_file_store: ${config.maxFileStore}`] : []),
    ...(config.syncAlways && isAtLeast(config.version, 2, 10) ? ['  sync_interval: always'] : []),
    '}',
  ];
  lines.push(`authorization { timeout: ${AUTHORIZATION_TIMEOUT_S} }`);
  const accounts = config.accountsText ?? (config.accounts ? natsAccountsText(config.accounts) : '');
  return `${lines.join('\n')}\n${accounts}`;
}
