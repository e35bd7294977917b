import { type INestApplication } from '@nestjs/common';
import { type Logger } from 'pino';
import { LOGGER } from './tokens';

/** Makes an app listen for HTTP and logs its address. Closes the app when it cannot listen. */
export async function listen<App extends INestApplication>(app: App, port: number, host: string): Promise<App> {
  try {
    await app.listen(port, host);
    app.get<Logger>(LOGGER).info({ url: await app.getUrl() }, 'listening');
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}
