import { type BeforeApplicationShutdown, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createLogger } from './logger';
import { ObservabilityModule } from './observability.module';
import { OpsServer } from './ops-server';

let stops: Promise<void>;
let noteStopping: () => void;

/** Takes long to stop. */
@Injectable()
class SlowWorker implements BeforeApplicationShutdown {
  async beforeApplicationShutdown(): Promise<void> {
    noteStopping();
    await stops;
  }
}

@Module({
  imports: [
    ObservabilityModule.forRoot({
      logger: createLogger({ service: 'test', level: 'silent' }),
      host: '127.0.0.1',
      opsPort: 0,
      metricPrefix: 'gatehouse_test',
      checks: { inject: [], useFactory: () => [] },
    }),
  ],
  providers: [SlowWorker],
})
class TestModule {}

describe('the operations port', () => {
  it('reports a shutdown while other modules still stop', async () => {
    let stop = (): void => undefined;
    stops = new Promise((resolve) => (stop = resolve));
    const stopping = new Promise<void>((resolve) => (noteStopping = resolve));
    const app = await NestFactory.createApplicationContext(TestModule, { logger: false, abortOnError: false });
    const readyz = `http://127.0.0.1:${app.get(OpsServer).port}/readyz`;
    expect((await fetch(readyz)).status).toBe(200);

    const closed = app.close();
    await stopping;

    const response = await fetch(readyz, { headers: { connection: 'close' } });
    expect([response.status, await response.json()]).toEqual([503, { status: 'shutting_down' }]);
    stop();
    await closed;
  });
});
