import '@gatehouse/node-version';
import 'reflect-metadata';
import { LOGGER, runService } from '@gatehouse/observability';
import { type Logger } from 'pino';
import { findNearMisses, loadConfig } from './config';
import { createApp } from './create-app';
import { SERVICE_NAME } from './tokens';

void runService(
  SERVICE_NAME,
  async () => {
    const config = loadConfig();
    const app = await createApp(config);
    try {
      await app.listen(config.http.port, config.http.host);
      app.get<Logger>(LOGGER).info({ url: await app.getUrl() }, 'listening');
      return app;
    } catch (error) {
      await app.close();
      throw error;
    }
  },
  findNearMisses(),
);
