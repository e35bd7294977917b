import { join } from 'node:path';
import { type Leash, type PostgresServer, freePort, startPostgres } from '@gatehouse/local-stack';

/** A PostgreSQL server of a drill. */
export interface DrillServer {
  /** Name of its folder and its log in `directory`. */
  readonly name: string;
  readonly durability: 'fast' | 'durable';
  /** By default a free port. */
  readonly port?: number;
}

/** Starts a PostgreSQL server in a folder of `directory`, or again on the data that the folder has. */
export async function startDrillServer(
  directory: string,
  leash: Leash,
  { name, durability, port }: DrillServer,
): Promise<PostgresServer> {
  return startPostgres({
    directory: join(directory, name),
    logFile: join(directory, `${name}.log`),
    superuserPassword: 'drill',
    port: port ?? (await freePort()),
    durability,
    leash,
  });
}
