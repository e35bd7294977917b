/** Id of the transport of consumers. Without ids, Nest would register each handler with every transport of the app. */
export const CONSUMER_TRANSPORT = Symbol('JetStreamConsumers');

/** Id of the transport of requests. */
export const REQUEST_TRANSPORT = Symbol('NatsRequests');
