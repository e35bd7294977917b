export {
  ChromiumNotFoundError,
  ContainerFailedError,
  ContainersUnavailableError,
  LeakedConnectionsError,
  RedisServerNotFoundError,
  TestServersMissingError,
} from './errors';
export { type ChromiumProgram } from './browser/chromium-debian';
export { findChromium, type ChromiumSearch } from './browser/find-chromium';
export { launchChromium } from './browser/launch-chromium';
export {
  createEmptyTestDatabase,
  createTestDatabase,
  type TestDatabase,
  type TestDatabaseOptions,
} from './databases/test-database';
export { breakingChangesOf } from './databases/breaking-changes';
export { clerkPayload, clerkPayloadText } from './fixtures/clerk-payload';
export { type OwnNats } from './nats/own-nats';
export { startOwnNats } from './nats/start-own-nats';
export { testNats, type TestNats } from './nats/test-nats';
export { type ParsedJson } from './parsed-json';
export { startOwnRedis, type OwnRedis } from './redis/own-redis';
export { TcpProxy } from './tcp-proxy';
export { ConditionNotMetError, eventually, type EventuallyOptions } from '@gatehouse/local-stack';
