import { randomBytes } from 'node:crypto';
import { type GateEnd } from '../open-streams/stream-end';

/**
 * Status code of the close frame for each reason. The reason itself is the text of the frame.
 * @see https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number
 */
const closeCodes: Record<GateEnd, number> = {
  revoked: 1008,
  expired: 1008,
  unconfirmed: 1013,
  time_limit: 1001,
  slow: 1008,
  restarting: 1001,
};

const FINAL_CLOSE = 0x88;
const MASKED = 0x80;

/**
 * Builds the frame with which the gate closes a WebSocket. Frames to a server are masked.
 * @see https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1
 */
export function closeFrame(reason: GateEnd, to: 'client' | 'server'): Buffer {
  const payload = Buffer.alloc(2 + reason.length);
  payload.writeUInt16BE(closeCodes[reason]);
  payload.write(reason, 2, 'latin1');
  if (to === 'client') return Buffer.concat([Buffer.of(FINAL_CLOSE, payload.length), payload]);
  const mask = randomBytes(4);
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([Buffer.of(FINAL_CLOSE, MASKED | payload.length), mask, masked]);
}
