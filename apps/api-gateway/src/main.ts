import { runService } from '@gatehouse/observability';
import { loadConfig } from './config';
import { createApp } from './create-app';

void runService('api-gateway', async () => {
  const config = loadConfig(process.env);
  const app = await createApp(config);
  try {
    await app.listen(config.port, config.host);
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
});
