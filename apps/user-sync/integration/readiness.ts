import { OpsServer } from '@gatehouse/observability';
import { type INestApplication } from '@nestjs/common';

/** Answer of /readyz: its status, and the names and messages of the checks that fail. */
export async function readinessOf(app: INestApplication) {
  const response = await fetch(`http://127.0.0.1:${app.get(OpsServer, { strict: false }).port}/readyz`);
  const { error = {} } = (await response.json()) as { error?: Record<string, { message: string }> };
  return {
    status: response.status,
    down: Object.keys(error),
    said: Object.values(error).map(({ message }) => message),
  };
}
