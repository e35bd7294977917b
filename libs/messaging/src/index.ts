export { type BatchControl } from './settle-batch';
export { type StreamMessage } from './stream-message';
export {
  ContractMissingError,
  JetStreamConfigurationError,
  JetStreamUnavailableError,
  NatsDisconnectedError,
  NatsLostError,
  RequestRefusedError,
  SharedOutageError,
  StreamMissingError,
} from './errors';
export { JetStream, type ConsumerState, type Publication, type Stored, type StreamState } from './jetstream';
export { ConsumerHandler, JetStreamServer, type JetStreamServerOptions } from './jetstream-server';
export { ListCursor, idCursor, timeCursor, uuidCursor, type Page } from './list-cursor';
export { MessagingModule } from './messaging.module';
export { NatsClient, type NatsOptions } from './nats-client';
export { consumersReadiness, natsReadiness, streamsReadiness } from './readiness';
export { RequestClient, type EnvelopeSigner, type RequestContext } from './request-client';
export { RequestHandler, RequestServer, type EnvelopeVerifier, type VerifiedRequest } from './request-server';
export { requireAdmin, requirePrincipal } from './require-caller';
