import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { pacedStream } from './paced-stream';

async function* pieces(count: number, made: number[] = []) {
  for (let n = 0; n < count; n += 1) {
    made.push(n);
    await delay(1);
    yield 'x'.repeat(40_000);
  }
}

const patient = { stallMs: 60_000, totalMs: 60_000 };

async function lengthOf(stream: AsyncIterable<Buffer>): Promise<number> {
  let length = 0;
  for await (const chunk of stream) length += chunk.length;
  return length;
}

describe('a paced stream', () => {
  it('carries every piece, and closes once', async () => {
    const closed = jest.fn();
    const stream = pacedStream(pieces(10), patient, closed);
    const closing = once(stream, 'close');
    expect(await lengthOf(stream)).toBe(400_000);
    await closing;
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it('makes no piece before the ones before are read', async () => {
    const made: number[] = [];
    const stream = pacedStream(pieces(100, made), patient, () => undefined);
    stream.read(0);
    await delay(100);
    expect(made.length).toBeLessThan(5);
    stream.destroy();
  });

  it.each([
    ['nothing is read for too long', { stallMs: 20, totalMs: 60_000 }],
    ['all of it takes too long', { stallMs: 60_000, totalMs: 20 }],
  ])('fails when %s', async (_, pace) => {
    const closed = jest.fn();
    const stream = pacedStream(pieces(100), pace, closed);
    stream.read(0);
    const [error] = (await once(stream, 'error').catch((failure: unknown) => [failure])) as [Error];
    expect(error).toMatchObject({ code: 'DOWNLOAD_ENDED' });
    if (!stream.closed) await once(stream, 'close');
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it('fails when a piece cannot be made', async () => {
    async function* broken() {
      yield 'a';
      throw new Error('no more');
    }
    await expect(lengthOf(pacedStream(broken(), patient, () => undefined))).rejects.toThrow('no more');
  });

  it('closes when it is destroyed before it was read', async () => {
    const closed = jest.fn();
    const stream = pacedStream(pieces(3), patient, closed);
    stream.destroy();
    await once(stream, 'close');
    expect(closed).toHaveBeenCalledTimes(1);
  });
});
