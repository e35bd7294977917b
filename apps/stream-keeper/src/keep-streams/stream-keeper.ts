import { type BusContract } from '@gatehouse/contracts';
import {
  ContractAbsentError,
  ContractLog,
  JetStreamConfigurationError,
  type Made,
  NatsClient,
  StreamMaker,
  nameOf,
} from '@gatehouse/messaging';
import { LOGGER, PeriodicWorker } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { type StreamKeeperConfig } from '../config';
import { CONFIG } from '../tokens';
import { KeeperMetrics } from './keeper-metrics';
import { type Finding, KeptStreams } from './kept-streams';

/**
 * Creates every missing stream, then every missing consumer: at each connect and periodically. Changes nothing that
 * exists, so that a keeper of an older release does no harm.
 */
@Injectable()
export class StreamKeeper extends PeriodicWorker {
  private readonly maker: StreamMaker;
  private readonly contractLog: ContractLog;
  /** Aborted when the connection is lost, because calls on it get no answer. A new one for each run. */
  private lost = new AbortController();

  constructor(
    @Inject(CONFIG) private readonly config: StreamKeeperConfig,
    @Inject(NatsClient) private readonly nats: NatsClient,
    @Inject(LOGGER) log: Logger,
    @Inject(KeptStreams) private readonly kept: KeptStreams,
    @Inject(KeeperMetrics) private readonly metrics: KeeperMetrics,
  ) {
    super({ everyMs: config.everyMs });
    this.maker = new StreamMaker(nats, config.settings);
    this.contractLog = new ContractLog(log);
  }

  override onApplicationBootstrap(): void {
    this.nats.onLoss(() => this.lost.abort());
    super.onApplicationBootstrap();
    this.nats.onConnect(() => this.wake());
  }

  protected async run(): Promise<void> {
    if (!this.nats.connected) return;
    this.lost = new AbortController();
    const { signal } = this.lost;
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([this.keepAll(signal), aborted]);
    this.metrics.measured(this.kept.counts());
  }

  private async keepAll(signal: AbortSignal): Promise<void> {
    const { contracts } = this.config;
    await this.keepEach(
      contracts.filter((contract) => !('durable' in contract)),
      signal,
    );
    await this.keepEach(
      contracts.filter((contract) => 'durable' in contract),
      signal,
    );
  }

  private async keepEach(contracts: readonly BusContract[], signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.stopped) return;
    await Promise.all(
      contracts.map(async (contract) => {
        const made = await this.maker.createIfMissing(contract).catch((error: Error) => error);
        // If the connection was lost meanwhile, the answer says nothing about the state now.
        if (!signal.aborted) this.kept.note(contract, this.record(contract, made));
      }),
    );
  }

  /** Logs and counts what became of a stream or consumer. */
  private record(contract: BusContract, made: Made | Error): Finding {
    if (made instanceof ContractAbsentError) {
      // Not logged, because the missing stream of this consumer is logged already.
      return { kind: 'missing', problem: `the ${nameOf(contract)} is missing, because its stream is missing` };
    }
    if (made instanceof Error) {
      this.contractLog.failed(contract, made);
      return { kind: made instanceof JetStreamConfigurationError ? 'missing' : 'unknown', problem: made.message };
    }
    if (made === 'created') {
      this.contractLog.created(contract);
      this.metrics.created(contract);
      return { kind: 'present', difference: { fields: [], unusable: false } };
    }
    this.contractLog.present(contract, made);
    return { kind: 'present', difference: made };
  }
}
