import { LocalServerError } from '@gatehouse/local-stack';

/** No Chromium could be had; the message says how to install one. */
export class ChromiumNotFoundError extends LocalServerError {
  readonly code = 'CHROMIUM_NOT_FOUND';
}

/** Containers are asked for and no engine answers. */
export class ContainersUnavailableError extends LocalServerError {
  readonly code = 'CONTAINERS_UNAVAILABLE';

  constructor(options?: ErrorOptions) {
    super(
      'TEST_INFRA=testcontainers needs a Docker engine, and none answers: start one, name it with DOCKER_HOST, ' +
        'or leave TEST_INFRA unset for servers without Docker.',
      options,
    );
  }
}

/** A container was not to be had, ended, or did not answer in time. */
export class ContainerFailedError extends LocalServerError {
  readonly code = 'CONTAINER_FAILED';
}

/** No redis-server could be had for a test that needs one. */
export class RedisServerNotFoundError extends LocalServerError {
  readonly code = 'REDIS_SERVER_NOT_FOUND';

  constructor(options?: ErrorOptions) {
    super('No redis-server could be had: install redis or valkey, or name its program with REDIS_SERVER_BIN.', options);
  }
}

/** A helper was used outside a Jest run that started the servers. */
export class TestServersMissingError extends LocalServerError {
  readonly code = 'TEST_SERVERS_MISSING';

  constructor(variable: string) {
    super(`${variable} is not set: run the tests with Jest and the workspace's jest.preset.js.`);
  }
}

/** A test left connections to its database open. */
export class LeakedConnectionsError extends LocalServerError {
  readonly code = 'LEAKED_CONNECTIONS';
}
