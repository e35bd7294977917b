import { once } from 'node:events';
import { connect } from 'node:net';
import { attackGateway, target } from './attacks/attack';

attackGateway();

/** A valid request that an attacker hides inside another one. It closes the connection. */
function hidden(): string {
  return `GET /api/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Key: ${target().key()}\r\n\r\n`;
}

async function send(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(target().url).port), '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
  socket.on('error', () => undefined);
  socket.write(Buffer.from(bytes, 'latin1'));
  await once(socket, 'close');
  return answer;
}

const post = (headers: string, body: string) =>
  `POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`;

describe('a request hidden in another one is not served:', () => {
  it('the same request after the other one is served', async () => {
    expect(await send(post('Content-Length: 2', `{}${hidden()}`))).toContain('HTTP/1.1 200');
    expect(target().reached).toHaveLength(1);
  });

  it.each<[string, (hidden: string) => string]>([
    ['a length and chunks', (hidden) => post('Content-Length: 6\r\nTransfer-Encoding: chunked', `0\r\n\r\n${hidden}`)],
    ['chunks and a length', (hidden) => post('Transfer-Encoding: chunked\r\nContent-Length: 6', `0\r\n\r\n${hidden}`)],
    ['an unknown transfer coding', (hidden) => post('Transfer-Encoding: xchunked', `0\r\n\r\n${hidden}`)],
    ['chunked before another coding', (hidden) => post('Transfer-Encoding: chunked, identity', `0\r\n\r\n${hidden}`)],
    ['a space before the colon', (hidden) => post('Transfer-Encoding : chunked', `0\r\n\r\n${hidden}`)],
    ['a folded header', (hidden) => post('Transfer-Encoding:\r\n chunked', `0\r\n\r\n${hidden}`)],
    ['a vertical tab', (hidden) => post('Transfer-Encoding: \x0bchunked', `0\r\n\r\n${hidden}`)],
    ['two lengths', (hidden) => post('Content-Length: 2\r\nContent-Length: 3', `{}${hidden}`)],
    ['two lengths joined', (hidden) => post('Content-Length: 2, 2', `{}${hidden}`)],
    ['a length with a sign', (hidden) => post('Content-Length: +2', `{}${hidden}`)],
    ['a length in hex', (hidden) => post('Content-Length: 0x2', `{}${hidden}`)],
    ['a negative length', (hidden) => post('Content-Length: -1', `{}${hidden}`)],
    ['a chunk size with a sign', (hidden) => post('Transfer-Encoding: chunked', `+0\r\n\r\n${hidden}`)],
    ['a chunk size in 0x', (hidden) => post('Transfer-Encoding: chunked', `0x0\r\n\r\n${hidden}`)],
    ['a chunk ended by a line feed', (hidden) => post('Transfer-Encoding: chunked', `2\n{}\n0\n\n${hidden}`)],
    ['a bare carriage return', (hidden) => post('X: a\rTransfer-Encoding: chunked', `0\r\n\r\n${hidden}`)],
    ['the end of a header in its value', (hidden) => post(`X: a\n\n${hidden}`, '')],
    ['no version', (hidden) => `GET /docs\r\n\r\n${hidden}`],
    ['a future HTTP version', (hidden) => `GET /docs HTTP/9.9\r\nHost: x\r\n\r\n${hidden}`],
  ])('%s', async (_, bytes) => {
    const answer = await send(bytes(hidden()));
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).not.toContain('HTTP/1.1 200');
    expect(target().reached).toEqual([]);
  });
});
