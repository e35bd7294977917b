/** Id of the transport of consumers. Without an id, Nest would register each handler with all transports of the app. */
export const CONSUMER_TRANSPORT = Symbol('JetStreamConsumers');

/** Id of the transport of requests. */
export const REQUEST_TRANSPORT = Symbol('NatsRequests');
