import { natsIdentities, natsPasswordVariable } from '@gatehouse/contracts';
import {
  type Gatehouse,
  type GatehouseOptions,
  freePorts,
  startGatehouse,
  workspaceRoot,
  workspaceState,
} from '@gatehouse/local-stack';
import { type OwnNats } from '@gatehouse/testing';

/**
 * Starts the workspace's Gatehouse on free ports.
 * @param stateDirectory folder for its data and logs
 * @param env variables that an operator would set
 */
export async function startOwnGatehouse(
  stateDirectory: string,
  env: NodeJS.ProcessEnv,
  more: Partial<Pick<GatehouseOptions, 'durability' | 'onCrash'>> = {},
): Promise<Gatehouse> {
  const { NODE_COMPILE_CACHE, PATH } = process.env;
  return startGatehouse({
    root: workspaceRoot(),
    stateDirectory,
    programDirectory: workspaceState(),
    ports: await freePorts(),
    env: { NODE_COMPILE_CACHE, PATH, ...env },
    ...more,
  });
}

/** Variables with which a Gatehouse uses a nats-server of the test. */
export function natsVariables(nats: OwnNats): Record<string, string> {
  const passwords = natsIdentities.map((name) => [natsPasswordVariable(name), nats.as(name).pass]);
  return { NATS_URL: nats.url, ...Object.fromEntries(passwords) };
}
