import { ConfigError, faultText, type ConfigFault } from '@gatehouse/config';
import { type AppName } from '@gatehouse/local-stack';
import * as gateway from '../../../apps/api-gateway/src/config';
import * as emulator from '../../../apps/clerk-emulator/src/config';
import * as userSync from '../../../apps/user-sync/src/config';
import * as ingest from '../../../apps/webhook-ingest/src/config';

/** What parses the environment of each program, as the program itself does at start. */
const parsers: Record<AppName, (environment: NodeJS.ProcessEnv) => unknown> = {
  'clerk-emulator': emulator.loadConfig,
  'api-gateway': gateway.loadConfig,
  'webhook-ingest': ingest.readConfig,
  'user-sync': userSync.loadConfig,
};

/** Every variable that some program reads. */
export const programVariables: readonly string[] = [
  ...new Set([gateway, emulator, userSync, ingest].flatMap(({ variableNames }) => variableNames)),
];

/** A fault of a variable, and the programs that cannot use it. */
export interface EnvironmentFault extends ConfigFault {
  readonly programs: readonly AppName[];
}

/** Parses the environments of these programs; returns every fault once, in alphabetical order of the variables. */
export function environmentFaults(
  environments: Record<AppName, NodeJS.ProcessEnv>,
  programs: readonly AppName[],
): EnvironmentFault[] {
  const found = new Map<string, EnvironmentFault>();
  for (const program of programs) {
    for (const fault of faultsOf(() => parsers[program](environments[program]))) {
      const key = faultText(fault);
      found.set(key, { ...fault, programs: [...(found.get(key)?.programs ?? []), program] });
    }
  }
  return [...found.values()].sort((one, other) => one.variable.localeCompare(other.variable));
}

/** The faults that a parser reports; none when it succeeds. */
export function faultsOf(parse: () => unknown): readonly ConfigFault[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}
