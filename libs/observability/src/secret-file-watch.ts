import { type PolledFileReport, type SecretFiles } from '@gatehouse/config';
import { type ServiceName, metricPrefix } from '@gatehouse/contracts';
import { type DynamicModule, Inject, Injectable, Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import { PeriodicWorker } from './periodic-worker';
import { LOGGER, METRICS } from './tokens';

const EVERY_MS = 1_000;
const WATCHED = Symbol('WatchedSecretFiles');

/** The service, and the secret files that it reads again while it runs. */
interface Watched {
  readonly service: ServiceName;
  readonly files: SecretFiles;
}

/** Reads the secret files again every second. Logs and counts changes and rejected contents, by variable. */
@Injectable()
class SecretFileWatch extends PeriodicWorker {
  private readonly files: SecretFiles;
  private readonly reloads: Counter<'variable' | 'result'>;
  private readonly rejected: Gauge<'variable'>;

  constructor(
    @Inject(WATCHED) { service, files }: Watched,
    @Inject(LOGGER) private readonly log: Logger,
    @Inject(METRICS) metrics: Registry,
  ) {
    super({ everyMs: EVERY_MS });
    this.files = files;
    this.reloads = new Counter({
      name: `${metricPrefix(service)}_secret_reloads_total`,
      help: 'New contents of secret files, by result',
      labelNames: ['variable', 'result'],
      registers: [metrics],
    });
    this.rejected = new Gauge({
      name: `${metricPrefix(service)}_secret_rejected`,
      help: '1 while the content of a secret file is rejected and the previous value is in use, else 0',
      labelNames: ['variable'],
      registers: [metrics],
    });
    for (const variable of files.variables) {
      this.rejected.set({ variable }, 0);
      for (const result of ['changed', 'rejected']) this.reloads.inc({ variable, result }, 0);
    }
  }

  protected async run(): Promise<void> {
    try {
      for (const report of await this.files.check()) this.note(report);
    } catch (error) {
      this.log.error({ err: error }, 'reading the secret files failed');
    }
  }

  private note(report: PolledFileReport): void {
    const { variable, result } = report;
    this.rejected.set({ variable }, result === 'rejected' ? 1 : 0);
    if (result !== 'unchanged') this.reloads.inc({ variable, result });
    switch (report.result) {
      case 'changed':
        this.log.info({ variable }, 'secret changed');
        break;
      case 'rejected':
        this.log.error(
          { variable, problem: report.problem },
          'secret file rejected: the previous value stays in use until the file is valid',
        );
        break;
      case 'unchanged':
        this.log.info({ variable }, 'secret file holds the value in use again');
    }
  }
}

/** Lets a service take over new contents of its secret files while it runs. */
@Module({})
export class SecretFilesModule {
  static forRoot(service: ServiceName, files: SecretFiles): DynamicModule {
    const watched: Watched = { service, files };
    return { module: SecretFilesModule, providers: [{ provide: WATCHED, useValue: watched }, SecretFileWatch] };
  }
}
