import {
  type Live,
  type NatsAddress,
  type NearMiss,
  type SecretFiles,
  ackWait,
  commonVariables,
  natsAddress,
  nearMisses,
  parseEnvironment,
  parseLiveEnvironment,
  port,
  streamReplicas,
  variableNamesOf,
} from '@gatehouse/config';
import { type BusContract, busContracts, services, setupIdentity } from '@gatehouse/contracts';
import { type StreamSettings } from '@gatehouse/messaging';
import { z } from 'zod';

const variables = z.object({
  ...commonVariables,
  OPS_PORT: port.default(services['stream-keeper'].opsPort),
  STREAM_REPLICAS: streamReplicas,
  ACK_WAIT_MS: ackWait,
});

const { NATS_URL, NATS_USER, NATS_PASSWORD, NATS_CA_FILE, STREAM_REPLICAS, ACK_WAIT_MS } = variables.shape;

const setupVariables = z.object({ NATS_URL, NATS_USER, NATS_PASSWORD, NATS_CA_FILE, STREAM_REPLICAS, ACK_WAIT_MS });

/** How to reach NATS, and how the streams are made. */
export interface SetupConfig {
  readonly nats: NatsAddress;
  readonly settings: StreamSettings;
}

/** Configuration of the service. Durations are milliseconds. */
export interface StreamKeeperConfig {
  readonly nats: Live<NatsAddress>;
  readonly settings: StreamSettings;
  readonly host: string;
  readonly opsPort: number;
  readonly logLevel: string;
  /** Every stream and consumer. Not read from the environment; tests pass those of another release. */
  readonly contracts: readonly BusContract[];
  /** Interval between two checks. Not read from the environment. */
  readonly everyMs: number;
  readonly secretFiles: SecretFiles;
}

/** Every variable that stream-keeper reads. */
export const variableNames: readonly string[] = variableNamesOf(variables);

/** Returns each variable that is set but not read, such as a misspelled one, with the variable that was probably meant. */
export function findNearMisses(): readonly NearMiss[] {
  return nearMisses(process.env, variableNames);
}

/** Reads the service's environment. @throws ConfigError that names every fault and shows no value */
export function loadConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): StreamKeeperConfig {
  const { values: env, live, secretFiles } = parseLiveEnvironment(variables, environment);
  return {
    host: env.HOST,
    opsPort: env.OPS_PORT,
    logLevel: env.LOG_LEVEL,
    nats: live(natsAddress, 'NATS_PASSWORD'),
    settings: { replicas: env.STREAM_REPLICAS, ackWaitMs: env.ACK_WAIT_MS },
    contracts: busContracts,
    everyMs: 2_000,
    secretFiles,
  };
}

/** Reads the environment of `nats-setup`. The NATS user is `nats-setup` by default. @throws ConfigError */
export function loadSetupConfig(environment: Readonly<Record<string, string | undefined>> = process.env): SetupConfig {
  const env = parseEnvironment(setupVariables, environment);
  return {
    nats: { user: setupIdentity, ...natsAddress(env) },
    settings: { replicas: env.STREAM_REPLICAS, ackWaitMs: env.ACK_WAIT_MS },
  };
}
