import { isIP } from 'node:net';

const IPV4_MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;
const IPV4_MAPPED_HEX = /^(?:::|0:0:0:0:0:)ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i;

/**
 * Address of a client without port, quotes and brackets. Converts an IPv4-mapped address to IPv4. Accepts the formats of
 * sockets, `X-Forwarded-For` and `Forwarded`; returns undefined for other texts.
 * @see https://www.rfc-editor.org/rfc/rfc7239#section-6
 */
export function clientAddress(text: string): string | undefined {
  if (isIP(text) === 4) return text;
  const unquoted = /^"(.*)"$/.exec(text)?.[1] ?? text;
  const [, bracketed] = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(unquoted) ?? [];
  const [, beforePort] = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/.exec(unquoted) ?? [];
  const address = bracketed ?? beforePort ?? unquoted;
  if (isIP(address) === 0) return undefined;
  return IPV4_MAPPED.exec(address)?.[1] ?? fromHex(address) ?? address;
}

function fromHex(address: string): string | undefined {
  const [, high, low] = IPV4_MAPPED_HEX.exec(address) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [first >> 8, first & 255, second >> 8, second & 255].join('.');
}
