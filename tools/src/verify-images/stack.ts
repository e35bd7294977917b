import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceName, serviceRow } from '@gatehouse/contracts';
import { eventually, workspaceRoot } from '@gatehouse/local-stack';
import { makeSecrets } from '../make-secrets/make-secrets';
import { standIns } from './base-images';
import { TAG } from './build-images';
import { docker } from './command';
import { type Compose, Project } from './compose';
import { VerifyError } from './errors';
import { type Receiver } from './senders';

/** The address on which the ports are published: another than that of `npm start`, so that both can run. */
const ADDRESS = '127.0.66.1';
const INSTANCE = 'ins_EmulatorLocalDevelopment001';
const USER = 1000;

/** The stack of docker/compose.yaml with the Clerk emulator. */
export class Stack {
  readonly project: Project;
  readonly urls = {
    gateway: `http://${ADDRESS}:8080`,
    ingest: `http://${ADDRESS}:8081`,
    emulator: `http://${ADDRESS}:3100`,
  };
  readonly secretsFolder: string;

  constructor(compose: Compose, work: string, builder: NodeJS.ProcessEnv) {
    this.secretsFolder = join(work, 'secrets');
    this.project = new Project(compose, join(workspaceRoot(), 'docker'), {
      ...standIns,
      ...builder,
      GATEHOUSE_VERSION: TAG,
      GATEHOUSE_SECRETS: this.secretsFolder,
      GATEHOUSE_BIND: ADDRESS,
      GATEHOUSE_OPS_BIND: ADDRESS,
    });
  }

  /** Generates the secrets as the page says: by the generator, then given to the user of the containers. */
  generateSecrets(): void {
    rmSync(this.secretsFolder, { recursive: true, force: true });
    makeSecrets(this.secretsFolder, { host: 'postgres', port: 5432 }, true);
    this.giveSecrets();
  }

  /** Gives the secrets to the user of the containers. */
  giveSecrets(): void {
    execFileSync('chown', ['-R', `${USER}:${USER}`, this.secretsFolder]);
  }

  /** Content of a secret. */
  secret(file: string): string {
    return readFileSync(join(this.secretsFolder, file), 'utf8').trim();
  }

  /** Starts everything and waits until it is healthy. @throws VerifyError with the logs of what is not */
  async up(): Promise<void> {
    const { code } = await this.project.attempt('up', '--detach', '--wait', '--wait-timeout', '300', '--no-build');
    if (code === 0) return;
    const rows = await this.project.run('ps', '--all', '--format', '{{.Service}} {{.State}} {{.Health}} {{.ExitCode}}');
    const failed = rows.split('\n').filter((row) => row !== '' && !/ running healthy | exited\s+0$/.test(row));
    const logs = await this.project.attempt('logs', '--tail', '3', ...failed.map((row) => row.split(' ')[0] ?? ''));
    throw new VerifyError(`not everything is healthy: ${failed.join(', ')}\n${logs.output}`);
  }

  /** Removes containers, networks and volumes. */
  async remove(): Promise<void> {
    await this.project.attempt('down', '--volumes', '--timeout', '5', '--remove-orphans');
  }

  /** webhook-ingest in its container, without the port that docker publishes: that one accepts what it cannot deliver. */
  receiver(): Receiver {
    return {
      host: () => this.address('webhook-ingest'),
      port: 8081,
      secret: this.secret('webhook-ingest/CLERK_WEBHOOK_SIGNING_SECRETS'),
      instanceId: INSTANCE,
    };
  }

  /** Waits up to 3 min until a container is healthy. @throws VerifyError */
  async healthy(service: string): Promise<void> {
    await eventually(
      async () => {
        const state = await this.state(service, '{{.State.Health.Status}}');
        if (state !== 'healthy') throw new VerifyError(`${service} is ${state} instead of healthy`);
        return true;
      },
      { timeoutMs: 180_000, intervalMs: 200 },
    );
  }

  /** A value of `docker inspect` about a container. */
  async state(service: string, format: string): Promise<string> {
    return (await docker(['inspect', '--format', format, await this.project.container(service)])).trim();
  }

  /** Kills the process of a container as the kernel would. `docker kill` would keep the engine from restarting it. */
  async kill(service: string): Promise<void> {
    const pid = Number(await this.state(service, '{{.State.Pid}}'));
    // The engine reports 0 for a container that does not run. To the kernel, 0 is the group of this process.
    if (!(pid > 0)) throw new VerifyError(`${service} does not run`);
    process.kill(pid, 'SIGKILL');
  }

  /** Where a program answers whether it is ready. */
  healthUrl(app: string): string {
    if (app === 'clerk-emulator') return `${this.urls.emulator}/emulator/health`;
    return `http://${ADDRESS}:${serviceRow(app as ServiceName).opsPort}/readyz`;
  }

  /** Rows of a query of a database, as text. */
  async query(database: string, sql: string): Promise<string[]> {
    const psql = ['psql', '--host=/var/run/postgresql', '--username=postgres', '--tuples-only', '--no-align'];
    const answer = await this.project.run(
      'exec',
      '-T',
      'postgres',
      ...psql,
      `--dbname=${database}`,
      `--command=${sql}`,
    );
    return answer.split('\n').filter((line) => line !== '');
  }

  private readonly addresses = new Map<string, { readonly at: number; readonly address: Promise<string> }>();

  /** Address of a container in its network; looked up at most every 200 ms. */
  private address(service: string): Promise<string> {
    const known = this.addresses.get(service);
    if (known !== undefined && Date.now() - known.at < 200) return known.address;
    const format = `{{(index .NetworkSettings.Networks "${this.project.name}_outside").IPAddress}}`;
    // A container that does not run has no address. Nothing listens on this one.
    const address = this.state(service, format).then(
      (found) => found || '127.0.66.2',
      () => '127.0.66.2',
    );
    this.addresses.set(service, { at: Date.now(), address });
    return address;
  }
}
