/** Display name of a user: full name, otherwise username, e-mail, phone or id. */
export function nameOf(user) {
  const full = [user.first_name, user.last_name].filter(Boolean).join(' ').trim();
  return full || user.username || primaryEmail(user) || primaryPhone(user) || user.id;
}

export function primaryEmail(user) {
  return pick(user.email_addresses, user.primary_email_address_id)?.email_address ?? null;
}

export function primaryPhone(user) {
  return pick(user.phone_numbers, user.primary_phone_number_id)?.phone_number ?? null;
}

function pick(identifiers, id) {
  return identifiers.find((identifier) => identifier.id === id) ?? identifiers[0];
}

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const dated = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });

/** A time of today without its date, any other time with it. */
export function when(ms) {
  if (ms === null || ms === undefined) return 'never';
  const time = new Date(ms);
  return time.toDateString() === new Date().toDateString() ? clock.format(time) : dated.format(time);
}

/** A full date and time, for titles and claims. */
export function exactly(ms) {
  return dated.format(new Date(ms));
}

/** A duration in the largest suitable unit. */
export function duration(ms) {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1_000;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return seconds < 129_600 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** Indented JSON; a text that is not JSON is returned unchanged. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

const NAMES = new Map([
  ['api_429', 'Too many requests'],
  ['api_408', 'Request timeout'],
  ['api_409', 'Resource locked'],
  ['api_500', 'Server error'],
  ['api_hang', 'Hang'],
  ['api_content_type', 'Wrong content type'],
  ['api_stale_read', 'Stale read'],
  ['browser_clock_skew', 'Clock skew'],
  ['browser_dropped_cookies', 'Dropped cookies'],
]);

/** `stale_timestamp` as "Stale timestamp", `delay_ms` as "Delay, ms". */
export function words(name) {
  return NAMES.get(name) ?? sentence(name.replace(/_(ms|seconds)$/, ', $1').replaceAll('_', ' '));
}

/** The text with its first letter in upper case. */
export function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
