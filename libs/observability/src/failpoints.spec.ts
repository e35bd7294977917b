import { armFailpoints, failpoint, parseFailpoints } from './failpoints';

const log = { warn: () => undefined };

afterEach(() => {
  armFailpoints([], log);
  jest.restoreAllMocks();
});

it('parseFailpoints accepts points with labels and numbers, and nothing else', () => {
  expect(parseFailpoints('after-commit:kill:10, before-ack=msg_1:kill')).toEqual([
    { point: 'after-commit', label: undefined, nth: 10 },
    { point: 'before-ack', label: 'msg_1', nth: 1 },
  ]);
  for (const odd of ['', 'a', 'a:exit', 'a:kill:0', 'a:kill:0.5', 'a=:kill', 'a:kill,']) {
    expect(() => parseFailpoints(odd)).toThrow(expect.objectContaining({ code: 'FAILPOINTS_INVALID' }));
  }
});

it('a failpoint kills only at its own point and for its own label', () => {
  const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
  failpoint('before-ack', () => ['msg_1']);
  armFailpoints(parseFailpoints('before-ack=msg_1:kill,later:kill:2'), log);
  failpoint('after-commit', () => ['msg_1']);
  failpoint('before-ack', () => ['msg_2']);
  failpoint('before-ack');
  failpoint('later');
  expect(kill).not.toHaveBeenCalled();
  failpoint('before-ack', () => ['msg_2', 'msg_1']);
  expect(kill).toHaveBeenCalledWith(process.pid, 'SIGKILL');
  failpoint('later');
  failpoint('later');
  expect(kill).toHaveBeenCalledTimes(2);
});
