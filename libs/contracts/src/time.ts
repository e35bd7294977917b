import { z } from 'zod';

/** A moment in UTC as the services write it: ISO 8601 with `Z`. */
export const timeSchema = z.iso.datetime();

/** The end of the year 9999, in milliseconds since the epoch: the last moment with a four-digit year in ISO 8601. */
export const latestTimeMs = 253_402_300_799_999;

/**
 * `date-time` of RFC 3339, with its offset and at most nine fractional digits. `T` and `Z` may be lower case. A space
 * before the offset is a `+` that was not percent-encoded in a query string. `z.iso.datetime` of zod is not used: it
 * rejects lower case and the space, and does not convert the offset.
 */
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+ -]\d{2}:\d{2})$/i;
const EXAMPLE = '2027-01-01T05:30:00+05:30';
/** PostgreSQL stores microseconds, and rejects an offset of 16 hours or more. */
const STORED_DIGITS = 6;
const MAX_OFFSET_HOURS = 15;

/**
 * A moment from a client: RFC 3339 with its offset, in the years 1 to 9999 UTC. Rejects leap seconds, which neither
 * JavaScript nor PostgreSQL can store. The output is the same moment in UTC, to the microsecond.
 * @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6
 */
export const givenTimeSchema = z
  .string()
  .max(64)
  .transform((text, context) => {
    const utc = toUtc(text);
    if (utc !== undefined) return utc;
    context.addIssue({ code: 'custom', message: `is not a time with offset, such as ${EXAMPLE}` });
    return z.NEVER;
  })
  .meta({ format: 'date-time' });

function toUtc(text: string): string | undefined {
  const [, date = '', hours = '', minutes = '', seconds = '', fraction = '', offset = ''] = DATE_TIME.exec(text) ?? [];
  if (date === '' || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const offsetMinutes = minutesOf(offset);
  const local = Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`);
  // Date.parse turns 30 February into a day of March, so the result must begin with the date that was given.
  if (offsetMinutes === undefined || Number.isNaN(local) || !iso(local).startsWith(date)) return undefined;
  const utc = iso(local - offsetMinutes * 60_000);
  if (!/^\d{4}-/.test(utc) || utc.startsWith('0000')) return undefined;
  const stored = fraction.slice(0, STORED_DIGITS).replace(/0+$/, '').padEnd(3, '0');
  return utc.replace('.000Z', `.${stored}Z`);
}

/** Minutes ahead of UTC; undefined when the offset is out of range. */
function minutesOf(offset: string): number | undefined {
  if (offset.toUpperCase() === 'Z') return 0;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(4))];
  if (hours > MAX_OFFSET_HOURS || minutes > 59) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
