/** Types that carry one-time codes, whatever comes after the dot and however it is written. */
const CODE_CARRIER = /^\s*(?:sms|email)\s*\./i;

/** What is kept of their data. A list of what is known to be harmless: the code also stands in subjects and texts. */
const HARMLESS = [
  'id',
  'object',
  'slug',
  'status',
  'created_at',
  'user_id',
  'phone_number_id',
  'email_address_id',
  'delivered_by_clerk',
] as const;

/** Whether events of this type carry a one-time code. */
export function carriesCode(type: string): boolean {
  return CODE_CARRIER.test(type);
}

/** Whether bytes that are not JSON could be an event with a code in it; such bytes are not kept. */
export function mayCarryCode(text: string): boolean {
  return /sms|e-?mail|otp|code/i.test(text);
}

/** The event without its code, as bytes to be kept in place of those that came. */
export function redactCodes(event: Readonly<Record<string, unknown>>): Buffer {
  const data = event.data instanceof Object ? (event.data as Record<string, unknown>) : {};
  return Buffer.from(
    JSON.stringify({
      type: harmless(event.type),
      object: harmless(event.object),
      instance_id: harmless(event.instance_id),
      timestamp: harmless(event.timestamp),
      data: Object.fromEntries(HARMLESS.map((name) => [name, harmless(data[name])])),
    }),
  );
}

/** Short scalars only: whatever else stands under a harmless name is not what the name says. */
function harmless(value: unknown): unknown {
  if (typeof value === 'string') return value.length <= 128 ? value : undefined;
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : undefined;
}
