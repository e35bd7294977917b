import { once } from 'node:events';
import { connect } from 'node:net';
import { type ParsedJson } from '@gatehouse/testing';

/** Request that is sent byte by byte. Headers may have any value and may be repeated. */
export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/** Response with its body, parsed if it is JSON. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: ParsedJson;
}

/** Long enough for a flood on a busy machine. */
const TIMEOUT_MS = 50_000;

/** Sends a request that HTTP clients would not send. */
export async function sendRaw(url: string, request: RawRequest): Promise<RawAnswer> {
  const { method = 'GET', path = '/api/me', headers = [], body = '' } = request;
  const sized = body === '' || headers.some(([name]) => name.toLowerCase() === 'transfer-encoding');
  const length = sized ? [] : [['Content-Length', String(Buffer.byteLength(body, 'latin1'))] as const];
  const host = headers.some(([name]) => name === 'Host') ? [] : [['Host', 'api.example.com'] as const];
  const lines = [...host, ['Connection', 'close'], ...length, ...headers].map(([name, value]) => `${name}: ${value}`);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
  socket.on('error', () => undefined);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1'));
  await once(socket, 'close');
  return parse(Buffer.concat(chunks).toString('utf8'));
}

function parse(answer: string): RawAnswer {
  const [head = '', ...rest] = answer.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const whole = rest.join('\r\n\r\n');
  // Node may send a second response to the rest of a malformed message.
  const text = 'content-length' in headers ? whole.slice(0, Number(headers['content-length'])) : whole;
  const isJson = /json/.test(headers['content-type'] ?? '') && text !== '';
  return { status: Number(first.split(' ')[1]), headers, text, body: isJson ? (JSON.parse(text) as unknown) : text };
}
