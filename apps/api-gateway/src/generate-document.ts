import { generateKeyPairSync } from 'node:crypto';
import { createLogger } from '@gatehouse/observability';
import { type OpenAPIObject } from '@nestjs/swagger';
import { loadConfig } from './config';
import { createApp } from './create-app';
import { ApiDocument } from './docs/api-document';
import { SERVICE_NAME } from './tokens';

/**
 * Generates the OpenAPI document without a running gateway. It is the same for every configuration. Connects to nothing:
 * the application is assembled and not started.
 */
export async function generateDocument(): Promise<OpenAPIObject> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const config = loadConfig({
    NATS_URL: 'nats://127.0.0.1:1',
    CLERK_ISSUER: 'https://clerk.example',
    ENVELOPE_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  });
  const app = await createApp(config, createLogger({ service: SERVICE_NAME, level: 'silent' }));
  try {
    return structuredClone(app.get(ApiDocument).json) as OpenAPIObject;
  } finally {
    await app.close();
  }
}
