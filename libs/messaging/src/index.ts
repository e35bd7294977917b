export { CompactedStream } from './compacted/compacted-stream';
export { endOfTurn } from './end-of-turn';
export {
  ContractAbsentError,
  ContractMismatchError,
  JetStreamConfigurationError,
  JetStreamUnavailableError,
  NatsDisconnectedError,
  PublishRefusedError,
  PublishUnacknowledgedError,
  RequestRefusedError,
  SharedOutageError,
  StaleSequenceError,
  StreamWentBackError,
  fieldRefused,
} from './errors';
export { ContractLog } from './contract-log';
export { nameOf } from './jetstream-api';
export { JetStream, type StreamState } from './jetstream';
export { ConsumerHandler, JetStreamServer } from './jetstream-server';
export { ListCursor, idCursor, numberCursor, timeCursor, uuidCursor, type Page } from './list-cursor';
export { MessagingModule } from './messaging.module';
export { NatsClient } from './nats-client';
export { consumersReadiness, natsReadiness, streamsReadiness } from './readiness';
export { RequestClient, type RequestContext } from './request-client';
export { RequestHandler, RequestServer, type VerifiedRequest } from './request-server';
export { requireAdmin, requirePrincipal } from './require-caller';
export { type BatchControl } from './settle-batch';
export { type Difference } from './stream-config';
export { StreamMaker, type Made, type StreamSettings } from './stream-maker';
export { type StreamMessage } from './stream-message';
