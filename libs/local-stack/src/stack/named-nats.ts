import {
  natsAccounts,
  natsPasswordVariable,
  requiredMaxPayload,
  type NatsIdentity,
  type NatsPermissions,
} from '@gatehouse/contracts';
import { connect, type NatsConnection, type ServerInfo } from '@nats-io/transport-node';
import { BadVariableError, ServerUnusableError } from '../errors';
import { type NatsCredentials } from './nats-credentials';

const ACCOUNTS_ADVICE = '"npm run nats:config" prints the accounts and users that the server needs.';

/** What decides whether Gatehouse can use a server. */
export type NatsServerFacts = Pick<ServerInfo, 'version' | 'jetstream' | 'max_payload'>;

/**
 * Checks that the services can use the server in NATS_URL. Connects as every service, because each has its own
 * password, account and permissions.
 * @returns the version of the server
 * @throws BadVariableError when the password of a service is missing
 * @throws ServerUnusableError when the server does not answer, or lacks something that the services need
 */
export async function namedNatsVersion(url: string, services: readonly NatsCredentials[]): Promise<string> {
  for (const { user, password } of services) {
    if (password !== undefined) continue;
    throw new BadVariableError(
      `${natsPasswordVariable(user)} must be set with NATS_URL: the password of the NATS user ${user}. ${ACCOUNTS_ADVICE}`,
    );
  }
  const facts = await Promise.all(services.map((credentials) => factsOf(url, credentials)));
  const lack = facts.map(natsLack).find((found) => found !== undefined);
  if (lack) throw new ServerUnusableError(`Cannot use the server in NATS_URL: ${lack}.`);
  return facts[0]?.version ?? '';
}

async function factsOf(url: string, { user, password }: NatsCredentials): Promise<NatsServerFacts> {
  let facts: NatsServerFacts | undefined;
  try {
    const connection = await connect({
      servers: url.split(',').map((server) => server.trim()),
      user,
      pass: password,
      inboxPrefix: `_INBOX.${user}`,
      timeout: 5000,
      reconnect: false,
    });
    try {
      facts = connection.info;
      // Checks the JetStream API only if the server lacks nothing. A server without JetStream would not answer, and the
      // error would hide the cause. `namedNatsVersion` reports what the server lacks.
      if (facts && !natsLack(facts)) await requireStreams(connection, user);
    } finally {
      await connection.close();
    }
  } catch (cause) {
    if (cause instanceof ServerUnusableError) throw cause;
    throw new ServerUnusableError(`Cannot use the server in NATS_URL as ${user}: ${(cause as Error).message}.`, {
      cause,
    });
  }
  if (!facts) throw new ServerUnusableError('Cannot use the server in NATS_URL: it sends no INFO.');
  return facts;
}

/**
 * Checks that the user reaches the JetStream API, by a request that every server with the right accounts answers. Does
 * nothing for a user whose permissions do not allow such a request, because that user needs no streams.
 * @throws ServerUnusableError when no answer comes within 2 s
 */
async function requireStreams(connection: NatsConnection, user: NatsIdentity): Promise<void> {
  const { allow = [] } = permissionsOf(user)?.publish ?? {};
  const call = allow.find((subject) => subject.includes('.API.STREAM.INFO.'));
  if (call === undefined) return;
  try {
    await connection.request(call, '', { timeout: 2000 });
  } catch (cause) {
    throw new ServerUnusableError(
      `Cannot use the server in NATS_URL: its user ${user} does not reach the account of the streams. ${ACCOUNTS_ADVICE}`,
      { cause },
    );
  }
}

/** What a server lacks, as the end of a sentence; undefined when it has everything. */
export function natsLack({ version, jetstream, max_payload: maxPayload }: NatsServerFacts): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  if (!(major > 2 || (major === 2 && minor >= 9))) return `its version is ${version}, 2.9 or later is needed`;
  if (!jetstream) return 'JetStream is off; start it with "jetstream {}" in its configuration, or with -js';
  if (maxPayload >= requiredMaxPayload) return undefined;
  return `its max_payload is ${maxPayload} bytes, at least ${requiredMaxPayload} are needed ("max_payload: 2MB")`;
}

function permissionsOf(identity: NatsIdentity): NatsPermissions | undefined {
  const users = natsAccounts(() => '').flatMap((account) => account.users);
  return users.find(({ user }) => user === identity)?.permissions;
}
