import { type RawRequest } from '../support/raw-request';
import { json, type AttackTable } from './attack';

/** Login with this body. */
export const login = (body: unknown): RawRequest => json(body, { method: 'POST', path: '/auth/login' });

export const logins: AttackTable = {
  title: 'an invalid login reveals nothing',
  cases: [
    [
      'a wrong password',
      401,
      'invalid_credentials',
      () => ({ request: login({ email: 'ada@example.com', password: 'hunter2-hunter2' }), secret: 'hunter2-hunter2' }),
    ],
    [
      'a list as password',
      400,
      'invalid_request',
      () => ({
        request: login({ email: 'ada@example.com', password: ['hunter2-hunter2'] }),
        secret: 'hunter2-hunter2',
      }),
    ],
    [
      'an operator as password',
      400,
      'invalid_request',
      () => ({ request: login({ email: 'ada@example.com', password: { $ne: null } }) }),
    ],
    [
      'a password of 100 000 characters',
      413,
      'body_too_large',
      () => ({ request: login({ email: 'a@b.example', password: 'a'.repeat(100_000) }) }),
    ],
    [
      'a form',
      415,
      'media_type_unsupported',
      () => ({
        request: {
          method: 'POST',
          path: '/auth/login',
          body: 'email=a&password=hunter2-hunter2',
          headers: [['Content-Type', 'application/x-www-form-urlencoded']],
        },
        secret: 'hunter2-hunter2',
      }),
    ],
    [
      'an unknown field',
      400,
      'invalid_request',
      () => ({ request: login({ email: 'a@b.example', password: 'x', role: 'admin' }) }),
    ],
    [
      'a guessed one-time token',
      400,
      'token_invalid',
      () => ({
        request: json(
          { token: 'guess-guess', password: 'long enough a password' },
          { method: 'POST', path: '/auth/password' },
        ),
        secret: 'guess-guess',
      }),
    ],
    [
      'a short password',
      400,
      'invalid_request',
      () => ({
        request: json({ token: 'guess-guess', password: 'short' }, { method: 'POST', path: '/auth/password' }),
      }),
    ],
  ],
};
