import { parseCommand } from './command';

const since = '2026-01-31T04:00:00Z';

it('reads the log and the end of the restored data together', () => {
  expect(parseCommand([])).toEqual({ since: 0, revokesAllKeys: false });
  expect(parseCommand(['--revoke-all-keys'])).toEqual({ since: 0, revokesAllKeys: true });
  expect(parseCommand(['--since', since, '--log', '-'])).toEqual({
    file: '-',
    since: Date.parse(since),
    revokesAllKeys: false,
  });
});

it.each([
  [['--log', 'user-sync.log']],
  [['--since', since]],
  [['--log', 'a', '--since', 'yesterday']],
  [['--log', 'a', '--since', '2026-01-31']],
  [['--log', 'a', '--log', 'b', '--since', since]],
  [['--log']],
  [['--help']],
  [['user-sync.log']],
])('rejects %j', (args) => {
  expect(parseCommand(args)).toBeUndefined();
});
