import { part } from '@gatehouse/config';
import { LOGGER } from '@gatehouse/observability';
import { PersistenceModule, connectDatabase, createDataSource } from '@gatehouse/persistence';
import { type DynamicModule, Global, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { type UserDataConfig } from '../config';
import { WORKER_DATA_SOURCE } from '../tokens';
import { serviceDatabase, workerDatabase } from './database-options';
import { OwnerTransactions } from './owner-transactions';
import { requireRowSecurity, requireWorkerRights } from './require-row-security';
import { WorkerDatabase } from './worker-database';

/** The two logins to the database. The service does not start with a role that row-level security does not restrict. */
@Global()
@Module({})
export class DatabaseModule implements OnModuleInit {
  constructor(
    private readonly service: DataSource,
    @Inject(WORKER_DATA_SOURCE) private readonly worker: DataSource,
  ) {}

  static forRoot({ database: { address, poolSize, workerAddress, workerPoolSize } }: UserDataConfig): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        PersistenceModule.forRootAsync({
          useFactory: () => serviceDatabase({ ...address.current, url: part(address, ({ url }) => url), poolSize }),
        }),
      ],
      providers: [
        {
          provide: WORKER_DATA_SOURCE,
          inject: [LOGGER],
          useFactory: (logger: Logger) =>
            connectDatabase(
              createDataSource(
                workerDatabase({
                  ...{ ...workerAddress.current, poolSize: workerPoolSize },
                  url: part(workerAddress, ({ url }) => url),
                }),
                logger,
              ),
            ),
        },
        OwnerTransactions,
        WorkerDatabase,
      ],
      exports: [OwnerTransactions, WorkerDatabase, WORKER_DATA_SOURCE],
    };
  }

  async onModuleInit(): Promise<void> {
    await requireRowSecurity(this.service);
    await requireWorkerRights(this.worker);
  }
}
