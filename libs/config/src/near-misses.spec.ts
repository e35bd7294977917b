import { nearMisses } from './near-misses';

const known = [
  'CLERK_API_URL',
  'CLERK_SECRET_KEY',
  'CORS_ORIGINS',
  'DATABASE_URL',
  'HOST',
  'LOG_LEVEL',
  'NATS_URL',
  'RELAY_POLL_MS',
];

describe('variables', () => {
  it.each([
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['CLERK_SECRET', 'CLERK_SECRET_KEY'],
    ['CLERK_SECERT_KEY', 'CLERK_SECRET_KEY'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['POSTGRES_URL', 'DATABASE_URL'],
    ['NATS_SERVERS', 'NATS_URL'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['cors_origins', 'CORS_ORIGINS'],
    ['CORS-ORIGINS', 'CORS_ORIGINS'],
  ])('with a name similar to a known one are reported: %s', (variable, meant) => {
    expect(nearMisses({ [variable]: 'x' }, known)).toEqual([{ variable, meant }]);
  });

  it.each(['PORT', 'PATH', 'HOME', 'HOSTNAME', 'PWD', 'LANG', 'npm_config_loglevel', '_DATABASE_URL', 'CLERK_ISSUER'])(
    'with another meaning are not reported: %s',
    (variable) => expect(nearMisses({ [variable]: 'x' }, known)).toEqual([]),
  );

  it('that are known, empty, or set beside the known one are not reported', () => {
    expect(nearMisses({ CORS_ORIGINS: 'x', CLERK_SECRET: '' }, known)).toEqual([]);
    expect(nearMisses({ POSTGRES_URL: 'x', DATABASE_URL: 'y' }, known)).toEqual([]);
    const withFile = [...known, 'DATABASE_URL_FILE'];
    expect(nearMisses({ POSTGRES_URL: 'x', DATABASE_URL_FILE: '/y' }, withFile)).toEqual([]);
  });
});
