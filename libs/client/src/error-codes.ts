import { type Schemas } from './schemas';

/**
 * Failures that no response of the gateway tells.
 * - `network_failed`: no response: no connection, a connection that broke, or a page whose origin CORS does not allow
 * - `offline`: the same, and the device says that it is offline
 * - `timed_out`: no complete response in time
 * - `response_invalid`: a response that is not the gateway's, such as the error page of a proxy, or a redirect
 * - `caller_changed`: somebody else, or nobody, is signed in since the call began; nothing was sent on their behalf
 * - `token_unavailable`: `getToken` or `apiKey` threw, took too long, or returned a text that no header can carry
 */
export type ClientCode =
  'network_failed' | 'offline' | 'timed_out' | 'response_invalid' | 'caller_changed' | 'token_unavailable';

/** Code of an error. Later releases of the gateway may send others: treat an unknown one by its status. */
export type ErrorCode = Schemas['ProblemCode'] | ClientCode | (string & {});
