import { checkEnvironment } from './check-environment';

describe("what names servers of one's own", () => {
  it.each(['DATABASE_URL', 'INGEST_DATABASE_URL', 'USERS_DATABASE_URL'])('is refused by name: %s', (variable) => {
    for (const value of ['notaurl', 'mysql://me:hidden@db/x', 'postgres//db']) {
      expect(() => checkEnvironment({ [variable]: value })).toThrow(
        expect.objectContaining({ code: 'BAD_VARIABLE', message: `${variable} is not a postgres:// URL.` }),
      );
    }
    expect(() => checkEnvironment({ [variable]: 'postgresql://me:hidden@db:5432/x?sslmode=require' })).not.toThrow();
  });

  it('may be several NATS servers, each with its scheme', () => {
    expect(() => checkEnvironment({ NATS_URL: 'nats://a:4222, tls://b' })).not.toThrow();
    for (const value of ['a:4222', 'nats://a,http://b']) {
      expect(() => checkEnvironment({ NATS_URL: value })).toThrow('NATS_URL is not a list of nats:// or tls:// URLs.');
    }
    expect(() => checkEnvironment({ NATS_URL: ',' })).toThrow('NATS_URL names no server.');
  });

  it('may be absent or empty', () => {
    expect(() => checkEnvironment({ NATS_URL: '', DATABASE_URL: undefined })).not.toThrow();
  });
});
