import { PassThrough } from 'node:stream';
import { count, counts, duration, time } from './format';
import { Output } from './output';
import { Progress } from './progress';
import { type Column } from './table';

class Screen extends PassThrough {
  text = '';

  constructor(readonly isTTY = false) {
    super();
    this.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
  }
}

const entries = [
  { name: 'Ada', state: 'active' },
  { name: '\u001b]0;owned\u0007Bo\u202eb\n', state: 'deleted' },
  { name: '王小明', state: 'active' },
];
const columns: readonly Column<(typeof entries)[number]>[] = [
  { title: 'NAME', text: ({ name }) => name },
  { title: 'STATE', text: ({ state }) => state },
];

describe('what the command prints', () => {
  it('is a table whose columns are aligned, without what could control the terminal', async () => {
    const stdout = new Screen();
    await new Output({ stdout, stderr: new Screen() }, false).entries(entries, columns, 'none');
    expect(stdout.text.split('\n')).toEqual([
      'NAME             STATE',
      'Ada              active',
      '�]0;owned�Bo�b�  deleted',
      '王小明           active',
      '',
    ]);
  });

  it('is one JSON value per line with --json, and nothing for people', async () => {
    const [stdout, stderr] = [new Screen(), new Screen()];
    const output = new Output({ stdout, stderr }, true);
    await output.entries(entries, columns, 'none');
    await output.entries([], columns, 'There are none.');
    output.note('a hint');
    output.line('a heading');
    expect(
      stdout.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(entries);
    expect(stderr.text).toBe('');
  });

  it('is a table page by page, so that a list of any length can be printed', async () => {
    const stdout = new Screen();
    const many = Array.from({ length: 250 }, (_, index) => ({ name: `user ${index}`, state: 'active' }));
    const total = await new Output({ stdout, stderr: new Screen() }, false).entries(many, columns, 'none');
    expect(total).toBe(250);
    expect(stdout.text.trim().split('\n')).toHaveLength(251);
  });

  it('says that there is nothing on standard error', async () => {
    const [stdout, stderr] = [new Screen(), new Screen()];
    await new Output({ stdout, stderr }, false).entries([], columns, 'There are none.');
    expect([stdout.text, stderr.text]).toEqual(['', 'There are none.\n']);
  });
});

describe('progress', () => {
  const show = (screen: Screen, ...standings: Parameters<Progress['show']>[0][]) => {
    const progress = new Progress({ stderr: screen }, 'reconcile', false);
    for (const standing of standings) progress.show(standing);
    progress.end();
    return screen.text;
  };

  it('is drawn over itself in a terminal, with rate and remaining time', () => {
    const text = show(new Screen(true), { done: 250, total: 1_000, perSecond: 50 });
    const bar = `${'█'.repeat(7)}${'░'.repeat(21)}`;
    expect(text).toBe(`\r\u001b[Kreconcile  ${bar}  25 %  250 of 1\u202f000  50/s  15 s left\r\u001b[K`);
  });

  it('is a line for every tenth elsewhere', () => {
    const text = show(
      new Screen(),
      { done: 0, total: 100, perSecond: null },
      { done: 3, total: 100, perSecond: 3 },
      { done: 12, total: 100, perSecond: 4 },
    );
    expect(text.trim().split('\n')).toHaveLength(2);
  });
});

describe('numbers and times', () => {
  it('are short', () => {
    expect(time('2026-01-05T10:00:00.123Z')).toBe('2026-01-05 10:00:00');
    expect([duration(12), duration(90_000), duration(7_500_000), duration(90_000_000)]).toEqual([
      '12 ms',
      '1 min 30 s',
      '2 h 5 min',
      '1 d 1 h',
    ]);
    expect([count(1_000_000), count(null)]).toEqual(['1\u202f000\u202f000', '–']);
    expect([counts({ success: 12, failed: 0 }), counts({})]).toEqual(['12 success', '–']);
  });
});
