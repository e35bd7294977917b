import { faultText, fileVariable, secretVariables } from '@gatehouse/config';
import { faultsOf } from '../start/parse-environments';
import { type DeployedProgram } from './programs';

/** Folder of a container in which the secrets of its program are mounted, one file for each variable. */
export const SECRETS_FOLDER = '/etc/gatehouse/secrets';

/**
 * What is wrong with the environment that a deployment gives to a program: variables that the program does not read,
 * secrets that are not read from files, and everything that the program itself would reject at its start.
 * @param secretsFolder folder of this machine with the files that the deployment mounts in `SECRETS_FOLDER`
 * @returns one sentence for each fault
 */
export function environmentFaults(
  program: DeployedProgram,
  environment: Readonly<Record<string, string>>,
  secretsFolder: string,
): string[] {
  const names = Object.keys(environment);
  const known = new Set(program.variableNames);
  return [
    ...names.filter((name) => !known.has(name)).map((name) => `sets ${name}, which the program does not read`),
    ...names
      .filter((name) => holdsSecret(name, environment[name]))
      .map((name) => `sets ${name}: set ${fileVariable(name)} instead`),
    ...faultsOf(() => loadWith(program, environment, secretsFolder)).map((fault) => faultText(fault)),
  ];
}

/**
 * The configuration that a program reads from the environment of a deployment.
 * @param secretsFolder as in {@link environmentFaults}
 * @throws ConfigError
 */
export function loadWith(
  program: DeployedProgram,
  environment: Readonly<Record<string, string>>,
  secretsFolder: string,
): unknown {
  return program.load(withFilesOf(secretsFolder, environment));
}

/** Whether a variable holds a secret as text. The address of a store of counters without password is none. */
function holdsSecret(name: string, value = ''): boolean {
  return secretVariables.includes(name) && !(name === 'RATE_LIMIT_STORE' && !value.includes('@'));
}

function withFilesOf(folder: string, environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.startsWith(`${SECRETS_FOLDER}/`) ? value.replace(SECRETS_FOLDER, folder) : value,
    ]),
  );
}
