import { requiredMaxPayload } from '@gatehouse/contracts';
import { natsLack } from './named-nats';

describe('the check of a NATS server that the caller names', () => {
  const good = { version: '2.9.0', jetstream: true, max_payload: requiredMaxPayload };

  it.each(['2.9.0', '2.10.29', '2.14.5-beta.1', '3.0.0'])('accepts version %s', (version) => {
    expect(natsLack({ ...good, version })).toBeUndefined();
  });

  it.each(['2.8.4', '1.4.1', '0.9.6', 'unknown'])('rejects version %s', (version) => {
    expect(natsLack({ ...good, version })).toBe(`its version is ${version}, 2.9 or later is needed`);
  });

  it('rejects a server without JetStream, and one whose max_payload is too small for the largest webhook', () => {
    expect(natsLack({ ...good, jetstream: undefined })).toMatch(/^JetStream is off/);
    expect(natsLack({ ...good, max_payload: 1_048_576 })).toMatch(
      /^its max_payload is 1048576 bytes, at least 2097152/,
    );
  });
});
