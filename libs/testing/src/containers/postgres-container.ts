import { withClient } from '@gatehouse/local-stack';
import { ContainerFailedError } from '../errors';
import { startContainer } from './container';

const readyTimeoutMs = 60_000;

/**
 * Starts PostgreSQL from TEST_POSTGRES_IMAGE, without durability, like the local PostgreSQL of the tests.
 * @returns the URL of the superuser
 */
export async function startPostgresContainer(password: string): Promise<string> {
  const settings = [
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'max_connections=300',
    'timezone=UTC',
  ];
  const image = process.env.TEST_POSTGRES_IMAGE || 'postgres:18-alpine';
  const container = await startContainer({
    name: 'PostgreSQL',
    image,
    imageVariable: 'TEST_POSTGRES_IMAGE',
    environment: {
      POSTGRES_PASSWORD: password,
      // Makes this server sort like the local PostgreSQL, whatever the locale of the image.
      POSTGRES_INITDB_ARGS: '--encoding=UTF8 --locale=C.UTF-8 --no-sync',
    },
    command: ['postgres', ...settings.flatMap((setting) => ['-c', setting])],
    port: 5432,
    listening: /database system is ready to accept connections/,
  });
  const url = `postgres://postgres:${password}@${container.host}:${container.port}/postgres`;
  // `startContainer` has waited for a line in the log. The official image also writes this line for the temporary
  // server of its setup, which is not reachable. So the loop below tries to connect until the real server answers.
  const deadline = Date.now() + readyTimeoutMs;
  for (;;) {
    try {
      await withClient(url, (client) => client.query('select 1'));
      return url;
    } catch (cause) {
      if (Date.now() > deadline || !(await container.isRunning())) {
        throw new ContainerFailedError(
          `PostgreSQL in a container of image ${image} did not accept connections: ${sentence(cause)}.`,
          {
            cause,
          },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function sentence(cause: unknown): string {
  const { message, code } = cause as NodeJS.ErrnoException;
  return message || code || 'no answer in time';
}
