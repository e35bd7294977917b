import { type BusContract, type ConsumerContract, busContracts } from '@gatehouse/contracts';
import {
  type ConsumerInfo,
  JetStreamApiError,
  type JetStreamManager,
  type StreamInfo,
  jetstreamManager,
} from '@nats-io/jetstream';
import { ContractAbsentError, JetStreamConfigurationError } from './errors';
import { CONSUMER_NOT_FOUND, STREAM_NOT_FOUND, nameOf, orUndefined, unavailable } from './jetstream-api';
import { type NatsClient } from './nats-client';
import {
  type Difference,
  consumerConfig,
  consumerCreation,
  consumerDifference,
  streamConfig,
  streamDifference,
} from './stream-config';

/**
 * What was done with a stream or consumer. `created`: it was missing and was created. Otherwise: how it differed from
 * its contract when it was found; `fields` is empty if it matched. After `apply`, these differences are gone.
 */
export type Made = 'created' | Difference;

const API_TIMEOUT_MS = 5_000;
/** Error codes of JetStream for a stream or consumer that another process has just created, with other settings. */
const CREATED_MEANWHILE = [10_013, 10_058, 10_105, 10_148];

/** Settings that each deployment chooses. */
export interface StreamSettings {
  /** `num_replicas` of the streams. */
  readonly replicas: number;
  /** `ack_wait` of the consumers, in milliseconds; by default as in their contracts. */
  readonly ackWaitMs?: number;
}

/**
 * Creates and changes streams and consumers by their contracts. Works only as a NATS user of the account of the streams:
 * stream-keeper may create, `nats-setup` may also change and delete.
 */
export class StreamMaker {
  constructor(
    private readonly nats: NatsClient,
    private readonly settings: StreamSettings,
  ) {}

  /**
   * Creates the stream or consumer if it is missing, and changes nothing that exists.
   * @throws ContractAbsentError for a consumer whose stream is missing
   * @throws JetStreamConfigurationError when NATS refuses the creation
   * @throws JetStreamUnavailableError
   */
  async createIfMissing(contract: BusContract): Promise<Made> {
    return this.using(contract, async (manager) => {
      const present = await this.find(manager, contract);
      if (present !== undefined) return present;
      try {
        await this.create(manager, contract);
        return 'created';
      } catch (error) {
        const meanwhile = isApiError(error, CREATED_MEANWHILE) ? await this.find(manager, contract) : undefined;
        if (meanwhile !== undefined) return meanwhile;
        throw refusalOf(contract, [], error);
      }
    });
  }

  /**
   * Creates every stream and consumer that is missing; the streams first.
   * @throws JetStreamConfigurationError, JetStreamUnavailableError for the first failure; nothing after it is created
   */
  async createAll(): Promise<void> {
    for (const contract of busContracts) await this.createIfMissing(contract);
  }

  /**
   * Creates the stream or consumer, or makes it match its contract. Returns `created` or the differences that are now
   * gone.
   * @throws ContractAbsentError for a consumer whose stream is missing
   * @throws JetStreamConfigurationError when NATS refuses the creation or the change
   * @throws JetStreamUnavailableError
   */
  async apply(contract: BusContract): Promise<Made> {
    const made = await this.createIfMissing(contract);
    if (made !== 'created' && made.fields.length > 0) {
      await this.using(contract, async (manager) => {
        try {
          await this.update(manager, contract);
        } catch (error) {
          throw refusalOf(contract, made.fields, error);
        }
      });
    }
    return made;
  }

  /**
   * Deletes the stream or consumer and creates it anew by its contract. Deleting a stream also deletes its consumers,
   * which this method does not create again: call `apply` for each. If NATS refuses the new stream or consumer, creates
   * it with its earlier settings; a stream is then empty.
   * @throws JetStreamConfigurationError when NATS refuses the creation
   * @throws JetStreamUnavailableError
   */
  async replace(contract: BusContract): Promise<void> {
    const restore = await this.using(contract, (manager) => this.remove(manager, contract));
    try {
      // Another process may have created it meanwhile, with its own contract.
      await this.apply(contract);
    } catch (error) {
      if (error instanceof JetStreamConfigurationError && error.fields.length === 0) {
        await this.using(contract, restore).catch(() => undefined);
      }
      throw error;
    }
  }

  /** Deletes a stream or consumer; returns a function that creates it as it was. */
  private async remove(
    manager: JetStreamManager,
    contract: BusContract,
  ): Promise<(manager: JetStreamManager) => Promise<unknown>> {
    if ('durable' in contract) {
      const { stream, durable } = contract;
      const { config } = await manager.consumers.info(stream.name, durable);
      await manager.consumers.delete(stream.name, durable);
      return (other) => other.consumers.add(stream.name, config);
    }
    const { config } = await manager.streams.info(contract.name);
    await manager.streams.delete(contract.name);
    return (other) => other.streams.add(config);
  }

  private async find(manager: JetStreamManager, contract: BusContract): Promise<Difference | undefined> {
    if ('durable' in contract) {
      const { stream, durable } = contract;
      const info = await orUndefined([CONSUMER_NOT_FOUND], () => manager.consumers.info(stream.name, durable));
      return info && consumerDifference(info.config, this.chosen(contract));
    }
    const info = await orUndefined([STREAM_NOT_FOUND], () => manager.streams.info(contract.name));
    if (info === undefined) return undefined;
    const { fields, unusable } = streamDifference(info.config, contract);
    return {
      fields: info.config.num_replicas === this.settings.replicas ? fields : [...fields, 'num_replicas'],
      unusable,
    };
  }

  private create(manager: JetStreamManager, contract: BusContract): Promise<StreamInfo | ConsumerInfo> {
    if ('durable' in contract) {
      return manager.consumers.add(contract.stream.name, {
        ...consumerCreation(contract),
        ...consumerConfig(this.chosen(contract)),
      });
    }
    return manager.streams.add({ ...streamConfig(contract), num_replicas: this.settings.replicas });
  }

  private update(manager: JetStreamManager, contract: BusContract): Promise<StreamInfo | ConsumerInfo> {
    if ('durable' in contract) {
      return manager.consumers.update(contract.stream.name, contract.durable, consumerConfig(this.chosen(contract)));
    }
    return manager.streams.update(contract.name, { ...streamConfig(contract), num_replicas: this.settings.replicas });
  }

  /** The contract with the `ack_wait` of this deployment. */
  private chosen(consumer: ConsumerContract): ConsumerContract {
    return { ...consumer, ackWaitMs: this.settings.ackWaitMs ?? consumer.ackWaitMs };
  }

  private async using<Value>(
    contract: BusContract,
    work: (manager: JetStreamManager) => Promise<Value>,
  ): Promise<Value> {
    try {
      return await work(await jetstreamManager(this.nats.get(), { timeout: API_TIMEOUT_MS, checkAPI: false }));
    } catch (error) {
      if (error instanceof JetStreamConfigurationError) throw error;
      if ('durable' in contract && isApiError(error, [STREAM_NOT_FOUND])) {
        throw new ContractAbsentError(nameOf(contract.stream), { cause: error });
      }
      throw unavailable(nameOf(contract), error);
    }
  }
}

function refusalOf(contract: BusContract, fields: readonly string[], error: unknown): unknown {
  const refused = error instanceof JetStreamApiError && error.status !== 503 && !isApiError(error, [STREAM_NOT_FOUND]);
  return refused ? new JetStreamConfigurationError(nameOf(contract), fields, error) : error;
}

function isApiError(error: unknown, codes: readonly number[]): boolean {
  return error instanceof JetStreamApiError && codes.includes(error.code);
}
