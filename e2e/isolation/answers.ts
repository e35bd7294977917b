import { type Attempt, type Somebody } from './attempts';
import { type Names } from './names';
import { type Answer, type Person } from './people';

/** Headers that differ between any two responses: time, id of the request, and rest of a rate limit. */
const VOLATILE = new Set(['date', 'ratelimit', 'x-request-id']);
/** Names shorter than this could be in a response by chance. */
const MIN_LENGTH = 6;

/** A response without what differs between any two: times, ids of requests, and the names that the request gave. */
export function withoutNames({ status, headers, text }: Answer, names: Names): object {
  const plain = (value: string) =>
    Object.entries(names)
      .filter(([, name]) => name !== '')
      .reduce((rest, [kind, name]) => rest.replaceAll(name, `<${kind}>`), value);
  const lasting = Object.entries(headers).filter(([name]) => !VOLATILE.has(name));
  return {
    status,
    headers: Object.fromEntries(lasting.map(([name, value]) => [name, plain(value)])),
    text: plain(text).replace(/"requestId":"[^"]+"/, '"requestId":"<requestId>"'),
  };
}

/** What a response tells about somebody, beyond what the request itself said. */
export function leaksOf(answer: Answer, attempt: Attempt, secrets: readonly string[]): string[] {
  const asked = JSON.stringify(attempt);
  const seen = `${JSON.stringify(answer.headers)} ${answer.text}`;
  return secrets.filter((secret) => !asked.includes(secret) && seen.includes(secret));
}

/** Every text by which somebody's data can be recognized. */
export function secretsOf({ key, gatehouseToken }: Person, { names }: Somebody, marker: string): string[] {
  const texts = [marker, key.id, key.secret, gatehouseToken, ...Object.values(names)];
  if (texts.some((text) => text.length < MIN_LENGTH)) throw new Error('somebody has no data of one kind');
  return texts;
}
