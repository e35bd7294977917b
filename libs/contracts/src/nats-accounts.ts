import { type BusRights, usersReaderRights } from './bus-rights';
import { type ServiceName, busRights, serviceNames } from './services';
import { type BusContract, busContracts, consumers, jetStreamApiPrefix, streams } from './streams';

/** Name of the account that holds the streams. */
export const streamsAccount = 'STREAMS';

/** NATS user of `nats-setup`, which makes streams and consumers match their contracts when a release is deployed. */
export const setupIdentity = 'nats-setup';

/** NATS user of the company's own services that follow users. */
export const usersReaderIdentity = 'users-reader';

/** A NATS user with an account and rights: a service, or the company's own services. */
export type BusMember = ServiceName | typeof usersReaderIdentity;

/** Every NATS user: the members of the bus, and the one of `nats-setup`. */
export type NatsIdentity = BusMember | typeof setupIdentity;

/** The names of all members of the bus. */
export const busMembers: readonly BusMember[] = [...serviceNames, usersReaderIdentity];

/** The names of all NATS users. */
export const natsIdentities: readonly NatsIdentity[] = [...busMembers, setupIdentity];

/** What a member may do on the bus. */
export function memberRights(member: BusMember): BusRights {
  return member === usersReaderIdentity ? usersReaderRights : busRights(member);
}

/** The environment variable that holds the password of a NATS user, e.g. NATS_PASSWORD_USER_SYNC. */
export function natsPasswordVariable(identity: NatsIdentity): string {
  return `NATS_PASSWORD_${identity.toUpperCase().replaceAll('-', '_')}`;
}

/** Allowed subjects, in nats-server's terms. An empty list allows none. */
export interface NatsSubjects {
  readonly allow: readonly string[];
}

/** What a NATS user may publish and subscribe to. */
export interface NatsPermissions {
  readonly publish: NatsSubjects;
  readonly subscribe: NatsSubjects;
  /** Whether the user may answer each request that it receives, one time. */
  readonly allowResponses?: boolean;
}

/** A password, or the environment variable of nats-server that holds it. */
export type NatsPassword = string | { readonly variable: string };

/** A user of an account. Without permissions it may do everything within its account. */
export interface NatsUser {
  readonly user: string;
  readonly password: NatsPassword;
  readonly permissions?: NatsPermissions;
}

/** Subjects that an account offers to other accounts. */
export interface NatsExport {
  /** `service`: others send requests to it; `stream`: others receive its messages. */
  readonly kind: 'service' | 'stream';
  readonly subject: string;
  /** Whether a request may get several replies. */
  readonly manyReplies: boolean;
  /** The only accounts that may import it. */
  readonly accounts: readonly string[];
}

/** Subjects that an account takes from another account. */
export interface NatsImport {
  readonly kind: 'service' | 'stream';
  readonly account: string;
  readonly subject: string;
  /** The subject within the importing account, when it differs. */
  readonly to?: string;
}

/** An account of nats-server. Accounts share nothing but what one exports and the other imports. */
export interface NatsAccount {
  readonly name: string;
  readonly jetStream: boolean;
  readonly users: readonly NatsUser[];
  readonly exports: readonly NatsExport[];
  readonly imports: readonly NatsImport[];
}

/** An import that a service needs. `manyReplies` is the property of the matching export. */
interface Need extends NatsImport {
  readonly manyReplies?: boolean;
}

/** The account of a member: its name in upper case, or the account of the streams for a service that keeps streams. */
export function accountOf(member: BusMember): string {
  return memberRights(member).keeps === undefined ? member.toUpperCase().replaceAll('-', '_') : streamsAccount;
}

/**
 * The accounts of nats-server, from the table of services: one for the streams, one for each service, and one for
 * the company's own services. `npm start`, the tests and deployments run with these accounts. `operators` are users that may do everything in the account of the
 * streams; only tests have some.
 */
export function natsAccounts(
  passwordOf: (identity: NatsIdentity) => NatsPassword,
  operators: readonly NatsUser[] = [],
): NatsAccount[] {
  const needs = new Map(busMembers.map((member) => [accountOf(member), needsOf(memberRights(member))]));
  const userOf = (member: BusMember): NatsUser => ({
    user: member,
    password: passwordOf(member),
    permissions: permissionsOf(member),
  });
  const setup = { user: setupIdentity, password: passwordOf(setupIdentity), permissions: setupPermissions };
  const names = [streamsAccount, ...busMembers.map(accountOf).filter((name) => name !== streamsAccount)];
  return names.map((name) => ({
    name,
    jetStream: name === streamsAccount,
    users: [
      ...busMembers.filter((member) => accountOf(member) === name).map(userOf),
      ...(name === streamsAccount ? [setup, ...operators] : []),
    ],
    exports: exportsOf(name, needs),
    imports: (needs.get(name) ?? []).map(({ manyReplies: _, ...needed }) => needed),
  }));
}

/** What a member with these rights imports from other accounts. */
function needsOf(rights: BusRights): Need[] {
  const {
    requests = [],
    follows = [],
    publishes = [],
    inspects = [],
    consumes = [],
    reads = [],
    receives = [],
    purges = [],
    erases = [],
  } = rights;
  const own = (subject: string, kind: Need['kind']): Need => ({ kind, account: ownerOf(subject), subject });
  const stream = (subject: string): Need => ({ kind: 'service', account: streamsAccount, subject });
  const api = (call: string, manyReplies = false): Need => ({
    ...stream(`$JS.API.${call}`),
    to: `${jetStreamApiPrefix}.${call}`,
    manyReplies,
  });
  return distinct([
    ...requests.map(({ subject }) => own(subject, 'service')),
    ...follows.map(({ subject }) => own(subject, 'stream')),
    ...publishes.flatMap(({ subjects }) => subjects.map(stream)),
    ...[...inspects, ...consumes].map((contract) => api(infoCall(contract))),
    ...consumes.flatMap(({ stream: { name }, durable }) => [
      api(`CONSUMER.MSG.NEXT.${name}.${durable}`, true),
      stream(`$JS.ACK.${name}.${durable}.>`),
    ]),
    ...reads.flatMap((read) => [api(infoCall(read)), api(`STREAM.MSG.GET.${read.name}`)]),
    ...receives.map(({ republish: { feed } }): Need => ({ kind: 'stream', account: streamsAccount, subject: feed })),
    ...purges.map(({ name }) => api(`STREAM.PURGE.${name}`)),
    ...erases.map(({ name }) => api(`STREAM.MSG.DELETE.${name}`)),
  ]);
}

/** What an account exports: exactly what other accounts need of it. */
function exportsOf(account: string, needs: ReadonlyMap<string, readonly Need[]>): NatsExport[] {
  const found = new Map<string, NatsExport>();
  for (const [importer, needed] of needs) {
    for (const { kind, subject, manyReplies = false } of needed.filter((need) => need.account === account)) {
      const accounts = [...(found.get(subject)?.accounts ?? []), importer];
      found.set(subject, { kind, subject, manyReplies, accounts });
    }
  }
  return [...found.values()];
}

/**
 * Subjects of the replies to requests from other accounts: nats-server gives each request one, and accepts one reply on
 * it. `allow_responses` would allow the same, but the server then remembers every message that a client receives with a
 * reply subject, events among them, for two minutes. At 2,500 events a second that took six times the processor time.
 */
const REPLIES = '_R_.>';

function permissionsOf(member: BusMember): NatsPermissions {
  const rights = memberRights(member);
  const needs = needsOf(rights);
  const sent = needs.filter(({ kind }) => kind === 'service').map(({ subject, to }) => to ?? subject);
  const followed = needs.filter(({ kind }) => kind === 'stream').map(({ subject }) => subject);
  const announced = (rights.announces ?? []).map(({ subject }) => subject);
  const answers = rights.answers ?? false;
  return {
    publish: {
      allow: [...sent, ...(answers ? [REPLIES] : []), ...announced, ...(rights.keeps ?? []).flatMap(createCalls)],
    },
    subscribe: { allow: [...(answers ? [`${member}.>`] : []), `_INBOX.${member}.>`, ...followed] },
  };
}

/**
 * The rights of `nats-setup`. Only this user may change or delete streams. No service connects as it; a person or a
 * deployment runs the program when a contract has changed.
 */
const setupPermissions: NatsPermissions = {
  publish: {
    allow: [
      ...busContracts.flatMap(createCalls),
      ...streams.flatMap(({ name }) => [`$JS.API.STREAM.UPDATE.${name}`, `$JS.API.STREAM.DELETE.${name}`]),
      ...consumers.map(({ stream, durable }) => `$JS.API.CONSUMER.DELETE.${stream.name}.${durable}`),
    ],
  },
  subscribe: { allow: [`_INBOX.${setupIdentity}.>`] },
};

/**
 * The calls that read and create a stream or consumer. The call that creates a consumer can also update the consumer.
 */
function createCalls(contract: BusContract): string[] {
  const create =
    'durable' in contract
      ? `CONSUMER.CREATE.${contract.stream.name}.${contract.durable}`
      : `STREAM.CREATE.${contract.name}`;
  return [`$JS.API.${infoCall(contract)}`, `$JS.API.${create}`];
}

function infoCall(contract: BusContract): string {
  return 'durable' in contract
    ? `CONSUMER.INFO.${contract.stream.name}.${contract.durable}`
    : `STREAM.INFO.${contract.name}`;
}

/** The account of the service that owns a subject. The first token of the subject is the name of that service. */
function ownerOf(subject: string): string {
  return accountOf(subject.split('.')[0] as ServiceName);
}

function distinct(needs: readonly Need[]): Need[] {
  return [...new Map(needs.map((need) => [need.subject, need])).values()];
}
