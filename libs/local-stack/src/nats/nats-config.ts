import { isAtLeast } from './nats-resolution';

/** Subjects allowed (all, without a list; none, with an empty one), and of those the denied ones. */
export interface NatsSubjectRule {
  allow?: readonly string[];
  deny?: readonly string[];
}

/** What a user may publish and subscribe to; without a rule, everything. */
export interface NatsPermissions {
  publish?: NatsSubjectRule;
  subscribe?: NatsSubjectRule;
}

/** A user of nats-server. */
export interface NatsUser {
  user: string;
  password: string;
  permissions?: NatsPermissions;
  /** May answer a request on its reply subject although its permissions do not name it. */
  allowResponses?: boolean;
}

/** What goes into a configuration file. */
export interface NatsConfig {
  /** e.g. `2.9.10`: older servers refuse newer settings. */
  version: string;
  host: string;
  port: number;
  storeDirectory: string;
  users?: readonly NatsUser[];
  /** Accounts with a JetStream of their own; they share neither subjects nor streams. */
  accounts?: Readonly<Record<string, readonly NatsUser[]>>;
  /** Acknowledge a message only when it is on disk (2.10 and later; older ones cannot). */
  syncAlways?: boolean;
  /** Reservations of all streams together; nats-server's default is a share of the disk. */
  maxFileStore?: string;
}

/** The largest message everywhere, in bytes: a 1 MiB webhook and its headers fit. */
export const natsMaxPayload = 2 * 1024 * 1024;

/** By default a client on a busy machine that has not sent its password within 2 s is turned away. */
const AUTHORIZATION_TIMEOUT_S = 20;

/** Text of a configuration file. It holds passwords: write it with mode 0600. */
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
  // nats-server reads an empty allow list as "everything"; we mean "nothing".
  if (allow?.length === 0) return '{ deny: [">"] }';
  const parts = [
    ...(allow ? [`allow: [${allow.map(quoted).join(', ')}]`] : []),
    ...(deny?.length ? [`deny: [${deny.map(quoted).join(', ')}]`] : []),
  ];
  return `{ ${parts.join(', ')} }`;
}

/** Quoted, so that `$JS` is text and no variable; JSON's escapes for `"` and `\` are nats-server's too. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
