import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { pino } from 'pino';
import { ByteBudget, type EdgeHandler, type EdgeLimits, HttpEdge } from '../src';

/** An edge that listens, and the lines of its log. */
export interface EdgeUnderTest {
  readonly edge: HttpEdge;
  readonly budget: ByteBudget;
  readonly lines: Record<string, unknown>[];
}

/** Starts an edge on a free port. */
export async function startEdge(
  handler: EdgeHandler,
  limits: Partial<EdgeLimits> = {},
  trustProxy: boolean | string[] = false,
): Promise<EdgeUnderTest> {
  const lines: Record<string, unknown>[] = [];
  const logger = pino(
    { level: 'debug', messageKey: 'message' },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const budget = new ByteBudget(1_000_000);
  const edge = new HttpEdge(handler, { logger, trustProxy, budget, limits });
  await edge.listen(0, '127.0.0.1');
  return { edge, budget, lines };
}

/** A plain connection to an edge. */
export interface RawClient {
  readonly socket: Socket;
  /** Everything that was received so far. */
  readonly text: () => string;
  /** Resolves when the connection is closed, with everything that was received. */
  readonly closed: Promise<string>;
}

/** Opens a connection, and sends the lines with CRLF between them. */
export async function open({ edge }: Pick<EdgeUnderTest, 'edge'>, ...lines: string[]): Promise<RawClient> {
  const socket = connect(Number(new URL(edge.url).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
  await once(socket, 'connect');
  if (lines.length > 0) socket.write(lines.join('\r\n'));
  return { socket, text: () => text, closed };
}

/** Resolves when a condition holds; waits for events of the process, and fails by Jest's time limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Status codes of all responses in a text, in order. */
export function statuses(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));
}

/** The problem at the end of a text. */
export function problemIn(text: string): Record<string, unknown> {
  return JSON.parse(text.slice(text.lastIndexOf('\r\n\r\n'))) as Record<string, unknown>;
}
