import { type IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { StreamedUpload } from './streamed-upload';

beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] }));
afterEach(() => void jest.useRealTimers());

function begin(maxMs = 60 * 60_000) {
  const client = new PassThrough();
  const request = Object.assign(client, { headers: {} }) as unknown as IncomingMessage;
  const upload = new StreamedUpload(request, { maxBodyBytes: 1024 ** 2, maxMs }, () => Promise.resolve());
  const pass = async (seconds: number, each: () => void = () => undefined) => {
    for (let second = 0; second < seconds; second++) {
      each();
      // Streams move their chunks in ticks of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      jest.advanceTimersByTime(1_000);
    }
  };
  return { client, upload, pass };
}

describe('an upload', () => {
  it('that sends a byte now and then is broken off after 30 s', async () => {
    const { client, upload, pass } = begin();
    upload.resume();
    await pass(30, () => client.write('a'));
    expect(upload.fault).toBeUndefined();
    await pass(10, () => client.write('a'));
    expect(upload.fault).toMatchObject({ code: 'request_timeout' });
  });

  it('that was fast is broken off, too, when it then sends a byte now and then', async () => {
    const { client, upload, pass } = begin();
    upload.resume();
    await pass(35, () => client.write('a'.repeat(20_000)));
    await pass(30, () => client.write('a'));
    expect(upload.fault).toBeUndefined();
    await pass(10, () => client.write('a'));
    expect(upload.fault).toMatchObject({ code: 'request_timeout' });
  });

  it('may be slow if it sends 240 bytes per second', async () => {
    const { client, upload, pass } = begin();
    upload.resume();
    await pass(600, () => client.write('a'.repeat(240)));
    expect(upload.fault).toBeUndefined();
    upload.destroy();
  });

  it('is not to blame for an upstream that takes nothing', async () => {
    const { client, upload, pass } = begin();
    client.write('a'.repeat(100_000));
    await pass(600);
    expect(upload.fault).toBeUndefined();
    upload.destroy();
  });

  it('is broken off when it lasts longer than anything may', async () => {
    const { client, upload, pass } = begin(60_000);
    upload.resume();
    await pass(70, () => client.write('a'.repeat(1_000)));
    expect(upload.fault).toMatchObject({ code: 'request_timeout' });
  });
});
