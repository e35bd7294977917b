import { ConfigError, faultText, type ConfigFault } from '@gatehouse/config';
import { appNames, type AppName } from '@gatehouse/local-stack';

/** What the `config.ts` of every program exports. */
interface ProgramConfig {
  readonly variableNames: readonly string[];
  loadConfig(environment: NodeJS.ProcessEnv): unknown;
}

/** By program: its `config.ts`, with which the program parses its own environment. */
export type ProgramConfigs = Readonly<Record<AppName, ProgramConfig>>;

/** A fault of a variable, and the programs whose parsers report the fault. */
export interface EnvironmentFault extends ConfigFault {
  readonly programs: readonly AppName[];
}

/** Loads the `config.ts` of every program. */
export async function loadProgramConfigs(): Promise<ProgramConfigs> {
  const configs = await Promise.all(
    appNames.map(async (name) => [name, (await import(`../../../apps/${name}/src/config`)) as ProgramConfig] as const),
  );
  return Object.fromEntries(configs) as ProgramConfigs;
}

/** Every variable that a program reads. */
export function programVariables(configs: ProgramConfigs): readonly string[] {
  return [...new Set(Object.values(configs).flatMap(({ variableNames }) => variableNames))];
}

/** Parses the environments of these programs. Returns each fault once, sorted by the name of the variable. */
export function environmentFaults(
  configs: ProgramConfigs,
  environments: Record<AppName, NodeJS.ProcessEnv>,
  programs: readonly AppName[],
): EnvironmentFault[] {
  const found = new Map<string, EnvironmentFault>();
  for (const program of programs) {
    for (const fault of faultsOf(() => configs[program].loadConfig(environments[program]))) {
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
