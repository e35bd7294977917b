import { join, resolve } from 'node:path';
import { serviceNames, serviceRow } from '@gatehouse/contracts';
import { type ComposeContainer, type ComposeFile, type ComposeMount } from './compose-file';
import { SECRETS_FOLDER, environmentFaults } from './environment-faults';
import { type DeployedProgram } from './programs';

/** What the rules compare a Compose file with. */
export interface ComposeContext {
  /** The programs of a deployment, by the name of their container. */
  readonly programs: ReadonlyMap<string, DeployedProgram>;
  /** Folder with generated secrets, which stands in for the folder that the file mounts. */
  readonly secretsFolder: string;
  /** The value of GATEHOUSE_SECRETS: the folder that the file mounts. */
  readonly mountedFolder: string;
  /** Folder of the file: paths in it are relative to this one. */
  readonly folder: string;
}

const WAIT_FOR_DRAIN_S = 40;
/** Folder of the gateway with the policy of the gate. */
const GATE_FOLDER = '/etc/gatehouse/gate';

/** What our own rules find wrong with a Compose file; each fault begins with the name of the container. */
export function composeFaults(file: ComposeFile, context: ComposeContext): string[] {
  const containers = Object.entries(file.services);
  return [
    ...missingPrograms(file, context),
    ...containers.flatMap(([name, container]) => [
      ...hardeningFaults(container).map((fault) => `${name} ${fault}`),
      ...orderFaults(file, container).map((fault) => `${name} ${fault}`),
      ...programFaults(name, container, context).map((fault) => `${name} ${fault}`),
    ]),
    ...serviceNames.flatMap((name) => {
      const container = file.services[name];
      return container === undefined ? [] : serviceFaults(name, container).map((fault) => `${name} ${fault}`);
    }),
  ];
}

function missingPrograms(file: ComposeFile, { programs }: ComposeContext): string[] {
  return [...programs.keys()].filter((name) => !(name in file.services)).map((name) => `${name} has no container`);
}

/** Rules for every container. */
function hardeningFaults(container: ComposeContainer): string[] {
  const { user = '', image = '' } = container;
  const preparesVolumes = container.network_mode === 'none' && container.cap_add?.join() === 'CHOWN';
  return [
    ...(/^0(:|$)|^root|^$/.test(user) && !preparesVolumes ? ['runs as root'] : []),
    ...(container.read_only === true ? [] : ['has a root file system that it can write to']),
    ...(container.cap_drop?.join() === 'ALL' ? [] : ['keeps capabilities']),
    ...(container.cap_add !== undefined && !preparesVolumes ? ['adds capabilities'] : []),
    ...(container.security_opt?.includes('no-new-privileges:true') ? [] : ['may gain privileges']),
    ...(container.privileged ? ['is privileged'] : []),
    ...(container.mem_limit === undefined ? ['has no memory limit'] : []),
    ...(container.logging?.options?.['max-size'] === undefined ? ['has logs without a limit'] : []),
    ...(/:[^/]+$/.test(image) && !image.endsWith(':latest') ? [] : ['has an image without a version']),
    ...(container.healthcheck === undefined ? ['has no health check'] : []),
    ...(container.restart === undefined ? ['has no restart policy'] : []),
    ...(container.ports ?? [])
      .filter((published) => !/^[\d.]+:\d+:\d+$/.test(published))
      .map((published) => `publishes ${published} without an address of the host`),
  ];
}

/** Rules for what a container waits for. */
function orderFaults(file: ComposeFile, { depends_on = {} }: ComposeContainer): string[] {
  return Object.entries(depends_on).flatMap(([name, { condition }]) => {
    const other = file.services[name];
    if (other === undefined) return [`waits for ${name}, which does not exist`];
    const wanted = other.healthcheck?.disable ? 'service_completed_successfully' : 'service_healthy';
    return condition === wanted ? [] : [`waits for ${name} with ${condition} instead of ${wanted}`];
  });
}

/** Rules for the programs of our images. */
function programFaults(name: string, container: ComposeContainer, context: ComposeContext): string[] {
  const program = context.programs.get(name);
  if (program === undefined) return [];
  const { image = '', command, environment = {} } = container;
  const path = command?.[0] ?? `apps/${name}/src/main.js`;
  const mounts = (container.volumes ?? []).filter((mount) => typeof mount !== 'string');
  const secrets = mounts.find(({ target }) => target === SECRETS_FOLDER);
  const gate = mounts.find(({ target }) => target === GATE_FOLDER);
  return [
    ...(image.startsWith(`gatehouse/${program.image}:`)
      ? []
      : [`has the image ${image} instead of gatehouse/${program.image}`]),
    ...(path === program.path ? [] : [`starts ${path} instead of ${program.path}`]),
    ...(secrets?.source === `${context.mountedFolder}/${name}` && secrets.read_only === true
      ? []
      : [`does not mount its folder of the secrets at ${SECRETS_FOLDER}, read-only`]),
    ...environmentFaults(program, withGate(environment, gate, context), join(context.secretsFolder, name)),
  ];
}

/** Lets `GATE_FILE` name the file of this machine that the container mounts. */
function withGate(
  environment: Readonly<Record<string, string>>,
  gate: ComposeMount | undefined,
  { folder }: ComposeContext,
): Readonly<Record<string, string>> {
  const { GATE_FILE } = environment;
  if (GATE_FILE === undefined || gate === undefined) return environment;
  return { ...environment, GATE_FILE: GATE_FILE.replace(GATE_FOLDER, resolve(folder, gate.source)) };
}

/** Rules for the services of the table. */
function serviceFaults(name: (typeof serviceNames)[number], container: ComposeContainer): string[] {
  const { port, opsPort, database } = serviceRow(name);
  const published = (container.ports ?? []).map((text) => Number(text.split(':').at(-1))).sort((a, b) => a - b);
  const expected = [port, opsPort].filter((number) => number !== undefined).sort((a, b) => a - b);
  const waits = Object.keys(container.depends_on ?? {});
  const needed = ['nats-setup', ...(database === undefined ? [] : [`migrate-${name}`])];
  const grace = Number.parseInt(container.stop_grace_period ?? '10', 10);
  return [
    ...(container.build?.args?.['APP'] === name ? [] : [`is not built with APP=${name}`]),
    ...(published.join() === expected.join() ? [] : [`publishes ${published.join()} instead of ${expected.join()}`]),
    ...needed.filter((job) => !waits.includes(job)).map((job) => `does not wait for ${job}`),
    ...(container.healthcheck?.test?.join(' ') === 'CMD node health-check.mjs /readyz'
      ? []
      : ['has another health check than its readiness']),
    ...(container.restart === 'unless-stopped' ? [] : ['is not restarted when it ends']),
    ...(grace >= WAIT_FOR_DRAIN_S ? [] : [`has ${grace} s to drain instead of ${WAIT_FOR_DRAIN_S} s`]),
    ...(container.profiles === undefined ? [] : ['starts only with a profile']),
  ];
}
