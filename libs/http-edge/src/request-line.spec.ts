import { type Logger, pino } from 'pino';
import { RequestLine, jsonText } from './request-line';

const lines: string[] = [];
const output = { write: (line: string) => void lines.push(line) };
const fixed = { timestamp: () => ',"time":"2026-01-05T10:00:00.000Z"' };

afterEach(() => lines.splice(0));

describe('a line of a request', () => {
  it.each<[string, () => Logger]>([
    ['of pino itself', () => pino(fixed, output)],
    [
      'of a service',
      () =>
        pino(
          {
            ...{ ...fixed, level: 'debug', messageKey: 'message', base: { service: 'api-gateway' } },
            formatters: { level: (level) => ({ level }) },
            redact: ['password'],
          },
          output,
        ),
    ],
    ['with bindings', () => pino(fixed, output).child({ worker: 'a "b"' })],
  ])('is the same as that of a logger %s', (_, create) => {
    const logger = create();
    const texts = { plain: '/api/keys/:id', escaped: 'a"b\\c\n\u2028é\ud800' };
    new RequestLine(logger).write(`,"route":${jsonText(texts.plain)},"status":200,"reason":${jsonText(texts.escaped)}`);
    logger.info({ route: texts.plain, status: 200, reason: texts.escaped }, 'request');
    const [ours, theirs] = lines.map((line) => JSON.parse(line) as unknown);
    expect(lines).toHaveLength(2);
    expect(ours).toEqual(theirs);
    expect(lines[0]?.endsWith('}\n')).toBe(true);
  });
});
