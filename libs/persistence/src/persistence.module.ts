import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type DatabaseOptions, createDataSource } from './data-source';
import { DatabaseUnreachableError } from './errors';

const CONNECT_ATTEMPTS = 15;
const CONNECT_PAUSE_MS = 1_000;

/** Connects to the service's database and provides TypeORM's `DataSource`; closes it after everything else has stopped. */
@Global()
@Module({})
export class PersistenceModule implements OnApplicationShutdown {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  static forRootAsync(async: {
    inject?: (new (...args: never[]) => object)[] | symbol[] | string[];
    useFactory: (...args: never[]) => DatabaseOptions;
  }): DynamicModule {
    return {
      module: PersistenceModule,
      providers: [
        {
          provide: DataSource,
          inject: async.inject ?? [],
          useFactory: (...args: never[]) => connect(createDataSource(async.useFactory(...args))),
        },
      ],
      exports: [DataSource],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}

async function connect(dataSource: DataSource): Promise<DataSource> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await dataSource.initialize();
    } catch (error) {
      if (attempt === CONNECT_ATTEMPTS) throw new DatabaseUnreachableError(error);
      await new Promise((resolve) => setTimeout(resolve, CONNECT_PAUSE_MS));
    }
  }
}
