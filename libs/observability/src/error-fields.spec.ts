import { createLogger } from './logger';

describe('a logged error', () => {
  it('never shows the parameters of a statement, at any depth of causes', () => {
    const lines: string[] = [];
    const logger = createLogger({ service: 'test', level: 'info' }, { write: (line) => void lines.push(line) });
    const driverError = Object.assign(new Error('value too long'), { code: '22001', detail: 'Key (email)=(secret)' });
    const failed = Object.assign(new Error('query failed', { cause: driverError }), {
      parameters: ['secret'],
      query: 'INSERT',
      driverError,
    });
    logger.error({ err: new Error('outer', { cause: failed }) }, 'oh');
    logger.error(failed);
    logger.error({ err: 'secret' });
    expect(lines.join('')).not.toContain('secret');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      err: { message: 'outer', cause: { message: 'query failed', cause: { code: '22001' } } },
    });
  });
});
