import { join } from 'node:path';
import { type ServiceName } from '@gatehouse/contracts';
import { AppProcess, type Gatehouse, type Leash, freePort, workspaceRoot } from '@gatehouse/local-stack';

/** The ports of a replica. A service without an HTTP port does not use `port`. */
export interface ReplicaPorts {
  readonly port: number;
  readonly opsPort: number;
}

/** A further process of a service. */
export interface Replica extends ReplicaPorts {
  readonly app: AppProcess;
}

/** Starts a second replica of a service, with the same configuration except its ports. Its log is in `directory`. */
export async function startReplica(
  { environments }: Gatehouse,
  name: ServiceName,
  directory: string,
  leash: Leash,
): Promise<Replica> {
  const [port, opsPort] = [await freePort(), await freePort()];
  const app = new AppProcess({
    name,
    root: workspaceRoot(),
    environment: { ...environments[name], PORT: String(port), OPS_PORT: String(opsPort) },
    logFile: join(directory, `${name}-2.log`),
    readyUrl: `http://127.0.0.1:${opsPort}/readyz`,
    leash,
  });
  await app.start();
  return { app, port, opsPort };
}
