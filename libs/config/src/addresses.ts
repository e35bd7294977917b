interface NatsVariables {
  readonly NATS_URL: readonly string[];
  readonly NATS_USER?: string | undefined;
  readonly NATS_PASSWORD?: string | undefined;
  readonly NATS_CA_FILE?: string | undefined;
}

/** Address of NATS and the credentials for it. */
export interface NatsAddress {
  readonly servers: readonly string[];
  readonly user?: string;
  readonly password?: string;
  readonly caFile?: string;
}

/** Reads the address of NATS from the parsed environment. */
export function natsAddress(env: NatsVariables): NatsAddress {
  return {
    servers: env.NATS_URL,
    ...(env.NATS_USER === undefined ? {} : { user: env.NATS_USER }),
    ...(env.NATS_PASSWORD === undefined ? {} : { password: env.NATS_PASSWORD }),
    ...(env.NATS_CA_FILE === undefined ? {} : { caFile: env.NATS_CA_FILE }),
  };
}

interface DatabaseVariables {
  readonly DATABASE_URL: string;
  readonly DATABASE_CA_FILE?: string | undefined;
}

/** Address of a database. */
export interface DatabaseAddress {
  readonly url: string;
  readonly caFile?: string;
}

/** Reads the address of the database from the parsed environment. */
export function databaseAddress(env: DatabaseVariables): DatabaseAddress {
  return { url: env.DATABASE_URL, ...(env.DATABASE_CA_FILE === undefined ? {} : { caFile: env.DATABASE_CA_FILE }) };
}
