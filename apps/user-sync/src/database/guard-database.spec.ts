import { inspect } from 'node:util';
import { RequestRefusedError, SharedOutageError } from '@gatehouse/messaging';
import { QueryFailedError } from 'typeorm';
import { DatabaseRefusedError } from '../errors';
import { guardDatabase } from './guard-database';

const ofTheDriver = (driver: object) => Object.assign(new Error('Key (email)=(ada@example.com)'), driver);

const refusedWith = (driver: object) => new QueryFailedError('INSERT', ['ada@example.com'], ofTheDriver(driver));

const outcome = (error: Error) =>
  guardDatabase(() => Promise.reject(error)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

describe('a database error', () => {
  it.each([
    [{ code: '23505', constraint: 'users_email_verified_live_key' }, '23505', 'users_email_verified_live_key'],
    [{ code: '22P02' }, '22P02', undefined],
    [{}, 'no SQLSTATE', undefined],
  ])('%j keeps its code and contains no value', async (driver, sqlState, constraint) => {
    const error = await outcome(refusedWith(driver));
    expect(error).toBeInstanceOf(DatabaseRefusedError);
    expect(error).toMatchObject({ sqlState, constraint });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('ada@');
  });

  it('is translated alike when it comes directly from the driver, as for prepared statements', async () => {
    const error = await outcome(ofTheDriver({ code: '23505', constraint: 'users_pkey', detail: 'ada@example.com' }));
    expect(error).toMatchObject({ code: 'DATABASE_REFUSED', sqlState: '23505', constraint: 'users_pkey' });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('ada@');
  });

  it.each([[{ code: '57P01' }], [{ code: '53300' }], [{ code: 'ECONNREFUSED' }]])(
    '%j is an outage of the database',
    async (driver) => {
      expect(await outcome(refusedWith(driver))).toBeInstanceOf(SharedOutageError);
    },
  );

  it('of another origin is not translated', async () => {
    const refusal = new RequestRefusedError('not_found', 'there is no such user');
    expect(await outcome(refusal)).toBe(refusal);
  });
});
