import { terminalLine } from './log-line';

describe('what the terminal shows of the services', () => {
  it('is warnings and worse, with the service and the cause, without the rest of the fields', () => {
    const line = JSON.stringify({ level: 50, time: 1, msg: 'no NATS', err: { message: 'refused' }, token: 'x' });
    expect(terminalLine('user-sync', line)).toBe('user-sync      ERROR no NATS: refused');
    expect(terminalLine('user-sync', '{"level":30,"msg":"hello"}')).toBeUndefined();
    expect(terminalLine('user-sync', '{"level":"warn","message":"named"}')).toBe('user-sync      WARN  named');
    expect(terminalLine('user-sync', '{"level":"info","message":"hello"}')).toBeUndefined();
  });

  it('is nothing of what is no log line', () => {
    expect(terminalLine('user-sync', '(node:1) Warning: x')).toBeUndefined();
    expect(terminalLine('user-sync', '{"level":50,')).toBeUndefined();
  });
});
