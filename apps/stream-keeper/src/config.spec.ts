import { ConfigError } from '@gatehouse/config';
import { consumers, streams } from '@gatehouse/contracts';
import { findNearMisses, loadConfig, loadSetupConfig } from './config';

const good = { NATS_URL: 'nats://localhost:4222' };

function faultsOf(load: () => unknown): Record<string, string> {
  try {
    load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.faults.map(({ variable, problem }) => [variable, problem]));
  }
  return {};
}

describe('the configuration of stream-keeper', () => {
  it('needs only the address of NATS', () => {
    const { nats, secretFiles, ...rest } = loadConfig(good);
    expect(nats.current).toEqual({ servers: [good.NATS_URL] });
    expect(secretFiles.variables).toEqual([]);
    expect(rest).toEqual({
      host: '0.0.0.0',
      opsPort: 9004,
      logLevel: 'info',
      settings: { replicas: 1, ackWaitMs: 30_000 },
      contracts: [...streams, ...consumers],
      everyMs: 2_000,
    });
  });

  it('names every fault without its value', () => {
    const environment = { STREAM_REPLICAS: '6', ACK_WAIT_MS: 'secret', OPS_PORT: '70000', LOG_LEVEL: 'loud' };

    expect(Object.keys(faultsOf(() => loadConfig(environment))).sort()).toEqual([
      'ACK_WAIT_MS',
      'LOG_LEVEL',
      'NATS_URL',
      'OPS_PORT',
      'STREAM_REPLICAS',
    ]);
    expect(JSON.stringify(faultsOf(() => loadConfig(environment)))).not.toContain('secret');
  });

  it('suggests the variable that a misspelled name meant', () => {
    process.env.STREAM_REPLICA = '3';
    try {
      expect(findNearMisses()).toContainEqual({ variable: 'STREAM_REPLICA', meant: 'STREAM_REPLICAS' });
    } finally {
      delete process.env.STREAM_REPLICA;
    }
  });
});

describe('the configuration of nats-setup', () => {
  it('connects as nats-setup by default', () => {
    expect(loadSetupConfig({ ...good, NATS_PASSWORD: 'p', STREAM_REPLICAS: '3', ACK_WAIT_MS: '2000' })).toEqual({
      nats: { servers: [good.NATS_URL], user: 'nats-setup', password: 'p' },
      settings: { replicas: 3, ackWaitMs: 2_000 },
    });
  });

  it('names every fault', () => {
    expect(faultsOf(() => loadSetupConfig({ STREAM_REPLICAS: '0' }))).toEqual({
      NATS_URL: 'is required',
      STREAM_REPLICAS: 'is below the minimum of 1',
    });
  });
});
