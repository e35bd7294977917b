import { PolledFile } from './polled-file';
import { type SecretContent } from './secret-file';
import { SecretFiles } from './secret-files';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('a file system that does not answer gets one read at a time, and is reported until it answers', async () => {
  const reads: string[] = [];
  let answer: (content: SecretContent) => void = () => undefined;
  const read = (path: string) => {
    reads.push(path);
    return new Promise<SecretContent>((resolve) => (answer = resolve));
  };
  const accept = async () => undefined;
  const [first, second] = ['first', 'second'].map((name) => new PolledFile(name, name, 'old', accept, read));
  const files = new SecretFiles([first!, second!]);
  const check = async () => {
    const reports = files.check();
    await jest.advanceTimersByTimeAsync(5_000);
    return reports;
  };
  expect(await check()).toEqual([]);
  expect(await check()).toEqual([
    { variable: 'first', result: 'rejected', problem: 'names a file that could not be read within 5 s' },
  ]);
  expect(reads).toEqual(['first']);

  const reports = files.check();
  answer({ value: 'old' });
  await jest.advanceTimersByTimeAsync(0);
  answer({ value: 'old' });
  expect(await reports).toEqual([{ variable: 'first', result: 'unchanged' }]);
  expect(reads).toEqual(['first', 'second']);
});
