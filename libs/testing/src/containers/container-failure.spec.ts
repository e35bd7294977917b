import { sayContainerFailure } from './container-failure';

const postgres = { name: 'PostgreSQL', image: 'postgres:18-alpine', imageVariable: 'TEST_POSTGRES_IMAGE' };

describe('a container that does not start', () => {
  it('is laid to a missing engine, with the ways out', () => {
    const none = new Error('Could not find a working container runtime strategy');
    expect(sayContainerFailure(none, postgres)).toMatchObject({
      code: 'CONTAINERS_UNAVAILABLE',
      message: expect.stringMatching(/Docker engine.*DOCKER_HOST.*TEST_INFRA/),
    });
  });

  it('is named with its image, the reason and the variable for another image', () => {
    const failure = sayContainerFailure(
      new Error('(HTTP code 404) no such container - no such image: postgres:18-alpine.\n'),
      postgres,
    );
    expect(failure).toMatchObject({ code: 'CONTAINER_FAILED' });
    expect(failure.message).toBe(
      'PostgreSQL did not start in a container of postgres:18-alpine (no such image: postgres:18-alpine): ' +
        'TEST_POSTGRES_IMAGE names another image.',
    );
  });

  it('is explained by its own last line when it ended', () => {
    const ended = new Error('Log stream ended and message "/ready/" was not received');
    const failure = sayContainerFailure(ended, postgres, 'starting\nFATAL: no space\n\n');
    expect(failure.message).toContain('(FATAL: no space)');
  });
});
