import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { serviceNames } from '@gatehouse/contracts';
import { eventually } from '@gatehouse/local-stack';
import { docker } from './command';
import { VerifyError } from './errors';
import { type Report } from './report';
import { Load, type LoadResult } from './senders';
import { settle } from './serve-checks';
import { type Stack } from './stack';

const WARM_UP = 50;
const PATIENCE_MS = 60_000;
/** A service that does not reach PostgreSQL retries for 15 s, then ends, and the engine starts it again. */
const LONGER_THAN_RETRIES_MS = 20_000;
const SERVERS = ['nats', 'postgres', 'valkey'];

/** Checks that services drain, come back after they were killed, and start without their servers. */
export async function checkFaults(stack: Stack, report: Report): Promise<void> {
  await report.check('drains webhook-ingest under load', () => drain(stack));
  await report.check('reloads nats-server', () => reloadNats(stack));
  for (const name of [...serviceNames, ...SERVERS]) {
    await report.check(`kills ${name} under load`, () => kill(stack, name));
  }
  for (const server of ['nats', 'postgres']) {
    await report.check(`starts the services while ${server} is down`, () => startWithout(stack, server));
  }
  await report.check('names a missing secret', () => missingSecret(stack));
  await report.check('names a wrong secret, and recovers', () => wrongSecret(stack));
}

/** Runs `work` while deliveries arrive, then checks that all that were confirmed are recorded and applied. */
async function underLoad(stack: Stack, name: string, work: (load: Load) => Promise<void>): Promise<LoadResult> {
  const load = new Load(stack.receiver(), name);
  try {
    await progress(load);
    await work(load);
  } catch (error) {
    load.abort();
    throw error;
  }
  return settle(stack, load, name);
}

/** Waits until further deliveries were confirmed. */
async function progress(load: Load): Promise<void> {
  const wanted = load.count + WARM_UP;
  await eventually(() => load.count >= wanted, { timeoutMs: PATIENCE_MS });
}

/** SIGTERM: a request that was sent gets its response. */
async function drain(stack: Stack): Promise<string> {
  let code = '';
  const result = await underLoad(stack, 'drain', async () => {
    await stack.project.run('stop', 'webhook-ingest');
    code = await stack.state('webhook-ingest', '{{.State.ExitCode}}');
    await stack.project.run('start', 'webhook-ingest');
    await stack.healthy('webhook-ingest');
  });
  const { confirmed, unanswered, unreachable, rejected } = result;
  const statuses = Object.keys(rejected);
  if (code !== '0') throw new VerifyError(`webhook-ingest ended with exit code ${code}`);
  if (unanswered > 0) throw new VerifyError(`${unanswered} deliveries got no response`);
  if (statuses.length > 0) throw new VerifyError(`deliveries were rejected with ${statuses.join(', ')}`);
  return `${confirmed.length} deliveries: none failed, ${unreachable} attempts waited for the restart`;
}

/** The documented reload. Unlike `docker kill --signal HUP`, it lets the engine restart nats-server when it dies later. */
async function reloadNats(stack: Stack): Promise<string> {
  const since = new Date().toISOString();
  await stack.project.run('exec', '-T', 'nats', 'nats-server', '--signal', 'reload=1');
  return eventually(async () => {
    const log = await stack.project.run('logs', '--no-log-prefix', '--since', since, 'nats');
    const line = /Reloaded server configuration/.exec(log);
    if (line === null) throw new VerifyError('nats-server did not reload');
    return line[0];
  });
}

/** SIGKILL: the engine starts the container again, and nothing that was confirmed is lost. */
async function kill(stack: Stack, service: string): Promise<string> {
  const before = await stack.state(service, '{{.RestartCount}}');
  const { confirmed, unanswered } = await underLoad(stack, `kill${service.replaceAll('-', '')}x`, async (load) => {
    await stack.kill(service);
    await eventually(async () => (await stack.state(service, '{{.RestartCount}}')) !== before);
    await stack.healthy(service);
    await progress(load);
  });
  return `${confirmed.length} deliveries, ${unanswered} attempts cut off and repeated; none lost`;
}

/** Services that start before their server become ready when it is there. */
async function startWithout(stack: Stack, server: string): Promise<string> {
  await stack.project.run('stop', server, ...serviceNames);
  for (const service of serviceNames) await docker(['start', await stack.project.container(service)]);
  await new Promise((resolve) => setTimeout(resolve, LONGER_THAN_RETRIES_MS));
  await docker(['start', await stack.project.container(server)]);
  await Promise.all(serviceNames.map((service) => stack.healthy(service)));
  const { confirmed } = await underLoad(stack, `without${server}x`, () => Promise.resolve());
  const restarts = await Promise.all(serviceNames.map((service) => stack.state(service, '{{.RestartCount}}')));
  return `${confirmed.length} deliveries afterwards; restarts: ${restarts.join(', ')}`;
}

async function missingSecret(stack: Stack): Promise<string> {
  const file = join(stack.secretsFolder, 'webhook-ingest/DATABASE_URL');
  renameSync(file, `${file}.away`);
  try {
    return await failedStart(stack, 'webhook-ingest', /DATABASE_URL_FILE does not name a readable file/);
  } finally {
    renameSync(`${file}.away`, file);
    await recovered(stack, 'webhook-ingest');
  }
}

async function wrongSecret(stack: Stack): Promise<string> {
  const file = 'user-sync/DATABASE_URL';
  const right = stack.secret(file);
  const path = join(stack.secretsFolder, file);
  writeFileSync(path, right.replace(/:[^:@]+@/, ':wrong@'));
  try {
    const line = await failedStart(stack, 'user-sync', /cannot start/);
    if (line.includes('wrong')) throw new VerifyError('the log contains the secret');
    return line;
  } finally {
    writeFileSync(path, right);
    await recovered(stack, 'user-sync');
  }
}

/** Restarts a service, and waits for the line with which it says why it cannot start. Returns the line. */
async function failedStart(stack: Stack, service: string, expected: RegExp): Promise<string> {
  const since = new Date().toISOString();
  await stack.project.run('restart', service);
  return eventually(async () => {
    const lines = (await stack.project.run('logs', '--no-log-prefix', '--since', since, service)).split('\n');
    const line = lines.find((text) => expected.test(text));
    if (line === undefined) throw new VerifyError(`${service} did not say why: ${lines.at(-2) ?? 'no log'}`);
    return stripVTControlCharacters(line);
  });
}

/** The engine restarts a service that failed, with growing pauses; an operator restarts it at once. */
async function recovered(stack: Stack, service: string): Promise<void> {
  await stack.project.run('restart', service);
  await stack.healthy(service);
}
