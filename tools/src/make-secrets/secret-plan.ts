import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { busRights, natsIdentities, serviceNames, serviceRow, type DatabaseName } from '@gatehouse/contracts';
import { connectionUrl, databaseRoles } from '@gatehouse/local-stack';
import { randomPassword } from './random-text';

/** Where the services reach PostgreSQL. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
}

/** One file of the secrets directory, which is never overwritten. */
export interface PlannedSecret {
  /** Path relative to the secrets directory: `<program>/<VARIABLE>`. */
  readonly file: string;
  /** Generates the content. `read` returns the content of a secret that is earlier in the plan. */
  readonly make: (read: (file: string) => string) => string;
}

/** A secret that comes from elsewhere, so that the operator writes its file. */
export interface OperatorSecret {
  readonly file: string;
  /** What to write into the file, and where it comes from. */
  readonly origin: string;
}

/** The gateway's private key, which signs every request to a service. */
export const ENVELOPE_PRIVATE_KEY = 'api-gateway/ENVELOPE_PRIVATE_KEY';

/** The secrets that only Clerk's dashboard has. */
export const operatorSecrets: readonly OperatorSecret[] = [
  {
    file: 'webhook-ingest/CLERK_WEBHOOK_SIGNING_SECRETS',
    origin: "the signing secret (whsec_…) of the webhook endpoint in Clerk's dashboard",
  },
  { file: 'user-sync/CLERK_SECRET_KEY', origin: "the secret key (sk_…) of the instance in Clerk's dashboard" },
];

/** The secrets of Clerk, when the Clerk emulator stands in for it: one pair, which the services share with it. */
export const emulatorSecrets: readonly PlannedSecret[] = [
  { file: 'clerk-emulator/CLERK_SECRET_KEY', make: () => `sk_test_${randomPassword()}` },
  {
    file: 'clerk-emulator/CLERK_WEBHOOK_SIGNING_SECRETS',
    make: () => `whsec_${randomBytes(32).toString('base64')}`,
  },
  ...operatorSecrets.map(({ file }) => ({
    file,
    make: (read: (file: string) => string) => read(`clerk-emulator/${basename(file)}`),
  })),
];

/** The services that accept requests of the gateway: each holds the gateway's public key. */
export const answeringServices = serviceNames.filter((service) => busRights(service).answers);

/** The files that hold the URL of a database: the owner's, for migrations, the service's, and that of its worker. */
export const databaseFiles = serviceNames.flatMap((service) => {
  const name = serviceRow(service).database as DatabaseName | undefined;
  if (name === undefined) return [];
  const { database, ownerRole, serviceRole } = databaseRoles(name);
  const { workerRole } = serviceRow(service);
  return [
    { file: `migrate-${service}/DATABASE_URL`, database, role: ownerRole },
    { file: `${service}/DATABASE_URL`, database, role: serviceRole },
    ...(workerRole === undefined ? [] : [{ file: `${service}/WORKER_DATABASE_URL`, database, role: workerRole }]),
  ];
});

/** Every secret that is generated, in the order of generation. Follows from the table of services. */
export function plannedSecrets({ host, port }: PostgresAddress): PlannedSecret[] {
  return [
    ...natsIdentities.map((identity) => ({ file: `${identity}/NATS_PASSWORD`, make: randomPassword })),
    ...databaseFiles.map(({ file, database, role }) => ({
      file,
      make: () => connectionUrl(`postgres://${host}:${port}`, { database, role, password: randomPassword() }),
    })),
    { file: 'postgres/POSTGRES_PASSWORD', make: randomPassword },
    { file: ENVELOPE_PRIVATE_KEY, make: ed25519PrivateKey },
    { file: 'api-gateway/ASSERTION_PRIVATE_KEYS', make: ed25519PrivateKey },
    ...answeringServices.map((service) => ({
      file: `${service}/ENVELOPE_PUBLIC_KEYS`,
      make: (read: (file: string) => string) => publicKeyOf(read(ENVELOPE_PRIVATE_KEY)),
    })),
    { file: 'user-sync/IDEMPOTENCY_SECRET', make: randomPassword },
    { file: 'user-data/CURSOR_SECRET', make: randomPassword },
  ];
}

/** The public key of a private key; both in PEM. @throws when the text is not a private key in PEM */
export function publicKeyOf(privateKey: string): string {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
}

function ed25519PrivateKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
