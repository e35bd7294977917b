import { withLogContext } from './log-context';
import { createLogger } from './logger';

describe('a log line', () => {
  it('has its own fields and those of its context, and none of earlier lines', () => {
    const lines: unknown[] = [];
    const log = createLogger(
      { service: 'test', level: 'info' },
      { write: (line) => void lines.push(JSON.parse(line) as unknown) },
    );
    withLogContext({ correlationId: 'a-request' }, () => {
      log.warn({ reason: 'of the first' }, 'first');
      log.info('second');
    });
    log.info('third');
    const line = (level: string, fields: object) => ({
      level,
      time: expect.any(String) as string,
      service: 'test',
      ...fields,
    });
    expect(lines).toEqual([
      line('warn', { correlationId: 'a-request', reason: 'of the first', message: 'first' }),
      line('info', { correlationId: 'a-request', message: 'second' }),
      line('info', { message: 'third' }),
    ]);
  });
});
