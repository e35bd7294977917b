import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { LOGGER } from '@gatehouse/observability';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { connectDatabase } from './connect';
import { type DatabaseOptions, createDataSource } from './data-source';
import { requireSchema } from './schema';

/**
 * Connects to the database of the service, verifies its schema and provides TypeORM's `DataSource`. Closes the connections
 * after everything else has stopped.
 */
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
          inject: [LOGGER, ...(async.inject ?? [])],
          useFactory: (logger: Logger, ...args: never[]) => connect(async.useFactory(...args), logger),
        },
      ],
      exports: [DataSource],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}

async function connect(options: DatabaseOptions, logger: Logger): Promise<DataSource> {
  const dataSource = await connectDatabase(createDataSource(options, logger));
  try {
    await requireSchema(dataSource, options.applicationName);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
