import { type IncomingMessage } from 'node:http';
import { type Logger } from 'pino';
import { type RequestIds } from './arrival';
import { type ByteBudget } from './byte-budget';
import { type EdgeLimits } from './edge-limits';
import { type Exchange } from './exchange';
import { type Rejection } from './rejection';
import { type Upgrade } from './upgrade';

/**
 * Reasons for which a new connection is closed.
 * - `limit`: as many connections are open as may be
 * - `address`: as many of its address are open as may be while half of all are open
 */
export const dropReasons = ['limit', 'address'] as const;

/** Why a new connection is closed. */
export type DropReason = (typeof dropReasons)[number];

/** What an edge does with requests. */
export interface EdgeHandler {
  /** Answers a request. May return before the response is complete. */
  handle(exchange: Exchange): void | Promise<void>;
  /** Takes over a connection that wants to become a WebSocket. Without it, `Upgrade` headers are ignored. */
  upgrade?(upgrade: Upgrade): void;
  /** Whether a request may become a WebSocket. Otherwise its `Upgrade` header is ignored. Default: every request. */
  mayUpgrade?(request: IncomingMessage): boolean;
  /** The rejection for an error of `handle`. Without one, the error is logged and the answer is 500 `internal`. */
  explain?(error: unknown): Rejection | undefined;
  /** Called once for each rejected request, also when the edge rejects it; for metrics and `logged`. */
  rejected?(exchange: Exchange, rejection: Rejection): void;
  /** Called once for each request when its handler has ended, and its response is complete or its client gone. */
  ended?(exchange: Exchange): void;
  /** Called for each new connection that is closed at once; for metrics. */
  dropped?(reason: DropReason): void;
}

/** Options of an edge. */
export interface EdgeOptions {
  readonly logger: Logger;
  /**
   * Runs `work` with fields that are added to every log line; `withLogContext` of observability. Without it, a handler
   * names the ids of the request in its lines itself, and each request costs less.
   */
  readonly withContext?: <Result>(fields: RequestIds, work: () => Result) => Result;
  /** `TRUST_PROXY`. */
  readonly trustProxy: boolean | readonly string[];
  /** Limit on the bytes of all bodies in memory. */
  readonly budget: ByteBudget;
  readonly limits?: Partial<EdgeLimits>;
  /** Changes how rejections are answered, such as their status and headers; logs and hooks get the original. */
  readonly answerAs?: (rejection: Rejection) => Rejection;
}
