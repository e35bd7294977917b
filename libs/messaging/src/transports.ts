/** Ties a handler to its transport: without an id, Nest would register every handler with every transport of the app. */
export const CONSUMER_TRANSPORT = Symbol('JetStreamConsumers');

/** The transport of request/reply. */
export const REQUEST_TRANSPORT = Symbol('NatsRequests');
