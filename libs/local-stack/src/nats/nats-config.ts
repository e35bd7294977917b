import { isAtLeast } from './nats-resolution';

/**
 * Allowed subjects, minus the denied subjects. Without `allow`, all subjects are allowed; with an empty `allow`, none.
 */
interface NatsSubjectRule {
  allow?: readonly string[];
  deny?: readonly string[];
}

/** What a user may publish and subscribe to. A missing rule allows everything. */
interface NatsPermissions {
  publish?: NatsSubjectRule;
  subscribe?: NatsSubjectRule;
}

/** A user of nats-server. */
export interface NatsUser {
  user: string;
  password: string;
  permissions?: NatsPermissions;
  /** Whether the user may answer a request on a reply subject that the permissions do not name. */
  allowResponses?: boolean;
}

/** Settings of nats-server. */
export interface NatsConfig {
  /** Version of the server, e.g. `2.9.10`: older servers reject newer settings. */
  version: string;
  host: string;
  port: number;
  storeDirectory: string;
  users?: readonly NatsUser[];
  /** Users by account. Accounts share neither subjects nor streams. */
  accounts?: Readonly<Record<string, readonly NatsUser[]>>;
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
    `host: ${quoted(config.host)}`,
    `port: ${config.port}`,
    'server_name: "gatehouse-local"',
    `max_payload: ${natsMaxPayload}`,
    'jetstream {',
    `  store_dir: ${quoted(config.storeDirectory)}`,
    ...(config.maxFileStore ? [`  max_file_store: ${config.maxFileStore}`] : []),
    ...(config.syncAlways && isAtLeast(config.version, 2, 10) ? ['  sync_interval: always'] : []),
    '}',
  ];
  lines.push('authorization {', `  timeout: ${AUTHORIZATION_TIMEOUT_S}`);
  if (config.users) lines.push('  users: [', ...config.users.map(userText), '  ]');
  lines.push('}');
  if (config.accounts) {
    lines.push('accounts {');
    for (const [name, users] of Object.entries(config.accounts)) {
      lines.push(`  ${name}: {`, '  jetstream: enabled', '  users: [', ...users.map(userText), '  ]', '  }');
    }
    lines.push('}');
  }
  return lines.join('\n') + '\n';
}

function userText({ user, password, permissions, allowResponses }: NatsUser): string {
  const parts = [`user: ${quoted(user)}`, `password: ${quoted(password)}`];
  if (permissions || allowResponses) {
    const rules = [
      ...(permissions?.publish ? [`publish: ${ruleText(permissions.publish)}`] : []),
      ...(permissions?.subscribe ? [`subscribe: ${ruleText(permissions.subscribe)}`] : []),
      ...(allowResponses ? ['allow_responses: true'] : []),
    ];
    parts.push(`permissions: { ${rules.join(', ')} }`);
  }
  return `    { ${parts.join(', ')} }`;
}

function ruleText({ allow, deny }: NatsSubjectRule): string {
  // nats-server would read an empty allow list as "everything".
  if (allow?.length === 0) return '{ deny: [">"] }';
  const parts = [
    ...(allow ? [`allow: [${allow.map(quoted).join(', ')}]`] : []),
    ...(deny?.length ? [`deny: [${deny.map(quoted).join(', ')}]`] : []),
  ];
  return `{ ${parts.join(', ')} }`;
}

/** Quotes a text, so that `$JS` is not read as a variable. nats-server has JSON's escapes for `"` and `\`. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
