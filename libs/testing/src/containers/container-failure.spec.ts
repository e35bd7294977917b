import { explainContainerFailure } from './container-failure';

const postgres = { name: 'PostgreSQL', image: 'postgres:18-alpine', imageVariable: 'TEST_POSTGRES_IMAGE' };

describe('a container that does not start', () => {
  it('names the missing Docker engine as the cause, and the alternatives', () => {
    const none = new Error('Could not find a working container runtime strategy');
    expect(explainContainerFailure(none, postgres)).toMatchObject({
      code: 'CONTAINERS_UNAVAILABLE',
      message: expect.stringMatching(/Docker engine.*DOCKER_HOST.*TEST_INFRA/),
    });
  });

  it('is reported with its image, the reason and the variable for another image', () => {
    const failure = explainContainerFailure(
      new Error('(HTTP code 404) no such container - no such image: postgres:18-alpine.\n'),
      postgres,
    );
    expect(failure).toMatchObject({ code: 'CONTAINER_FAILED' });
    expect(failure.message).toBe(
      'PostgreSQL did not start in a container of postgres:18-alpine (no such image: postgres:18-alpine): ' +
        'set TEST_POSTGRES_IMAGE to use another image.',
    );
  });

  it('is reported with its last line of output when it ended', () => {
    const ended = new Error('Log stream ended and message "/ready/" was not received');
    const failure = explainContainerFailure(ended, postgres, 'starting\nFATAL: no space\n\n');
    expect(failure.message).toContain('(FATAL: no space)');
  });
});
