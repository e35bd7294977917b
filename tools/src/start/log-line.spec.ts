import { terminalLine } from './log-line';

describe('what the terminal shows of the services', () => {
  it('is warnings and errors, with the service and the cause, without other fields', () => {
    const line = JSON.stringify({ level: 50, time: 1, msg: 'no NATS', err: { message: 'refused' }, token: 'x' });
    expect(terminalLine('user-sync', line)).toBe('user-sync      ERROR no NATS: refused');
    expect(terminalLine('user-sync', '{"level":30,"msg":"hello"}')).toBeUndefined();
    expect(terminalLine('user-sync', '{"level":"warn","message":"named"}')).toBe('user-sync      WARN  named');
    expect(terminalLine('user-sync', '{"level":"info","message":"hello"}')).toBeUndefined();
  });

  it('includes the cause and the id of a failed event, and nothing of a body', () => {
    const shown = (fields: object) => terminalLine('user-sync', JSON.stringify({ level: 40, ...fields }));
    const failure = { kind: 'clerk', message: 'Clerk answered 503' };
    expect(shown({ msg: 'event failed', webhookId: 'msg_1', clerkUserId: 'user_1', failure })).toBe(
      'user-sync      WARN  event failed: Clerk answered 503 (msg_1)',
    );
    expect(shown({ msg: 'waits', reason: 'no lease' })).toBe('user-sync      WARN  waits: no lease');
    expect(shown({ msg: 'waits', error: 'refused', err: { message: 'refused' } })).toBe(
      'user-sync      WARN  waits: refused',
    );
    expect(shown({ msg: 'waits', error: { body: 'x' }, failure: null, reason: 7 })).toBe('user-sync      WARN  waits');
    expect(shown({ msg: 'waits', reason: `two\nlines\u001b[2J` })).toBe('user-sync      WARN  waits: two lines [2J');
    expect(shown({ msg: 'waits', reason: 'x'.repeat(1000) })?.length).toBeLessThan(300);
  });

  it('says that a saved policy file is in use, or why it is not', () => {
    expect(terminalLine('api-gateway', '{"level":"info","message":"gate policy changed","routes":3}')).toBe(
      'api-gateway    INFO  gate policy changed',
    );
    const problem = 'routes[0].access must be one of public, user, admin';
    expect(terminalLine('api-gateway', JSON.stringify({ level: 'error', message: 'rejected', problem }))).toBe(
      `api-gateway    ERROR rejected: ${problem}`,
    );
  });

  it('leaves out output that is not a log line', () => {
    expect(terminalLine('user-sync', '(node:1) Warning: x')).toBeUndefined();
    expect(terminalLine('user-sync', '{"level":50,')).toBeUndefined();
  });
});
