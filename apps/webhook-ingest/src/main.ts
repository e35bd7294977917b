import '@gatehouse/node-version';
import 'reflect-metadata';
import { listen, runService } from '@gatehouse/observability';
import { findNearMisses, loadConfig } from './config';
import { createApp } from './create-app';
import { SERVICE_NAME } from './tokens';

void runService(
  SERVICE_NAME,
  async () => {
    const config = loadConfig();
    return listen(await createApp(config), config.http.port, config.http.host);
  },
  findNearMisses(),
);
