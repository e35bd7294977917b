/* global fetch, AbortSignal, URLSearchParams */
const TIMEOUT_MS = 20_000;

/** An error response with Clerk's list of errors; status 0 when there was no response. */
export class ApiError extends Error {
  constructor(status, errors) {
    super(errors.map((error) => error.long_message ?? error.message).join(' '));
    this.status = status;
    this.errors = errors;
  }

  /** By the name of a parameter: the error text for its field. */
  get fields() {
    return new Map(
      this.errors
        .filter((error) => error.meta?.param_name)
        .map((error) => [error.meta.param_name, error.long_message ?? error.message]),
    );
  }
}

/** Sends a request; throws ApiError. Retries a GET once, because browsers abort requests when the network changes. */
export async function request(method, path, body) {
  const response = await send(method, path, body)
    .catch((error) => (method === 'GET' && error.name !== 'TimeoutError' ? send(method, path) : Promise.reject(error)))
    .catch(() => {
      throw new ApiError(0, [{ message: 'The emulator does not answer. Is it still running?' }]);
    });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new ApiError(response.status, answer.errors ?? [{ message: `The emulator answered ${response.status}.` }]);
}

function send(method, path, body) {
  return fetch(path, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}

/** The path with a query of those parameters that have a value. */
export function withQuery(path, parameters) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value));
  return query.size === 0 ? path : `${path}?${query}`;
}
