import { sorts } from '../peer-rows';

const uuid = { type: 'string', format: 'uuid' } as const;
const time = { type: 'string' } as const;
/** An item in a response. */
export const item = {
  type: 'object',
  properties: {
    id: uuid,
    title: { type: 'string' },
    description: { type: ['string', 'null'] },
    version: { type: 'integer' },
    createdAt: time,
    updatedAt: time,
  },
} as const;
/** A page of items. */
export const page = {
  type: 'object',
  properties: { items: { type: 'array', items: item }, nextCursor: { type: ['string', 'null'] } },
} as const;
/** Fields of an item that a client sets. */
export const itemFields = {
  title: { type: 'string', minLength: 1, maxLength: 200 },
  description: { type: ['string', 'null'], maxLength: 10_000 },
} as const;
/** Parameters of a path that names an item. */
export const params = { type: 'object', required: ['id'], properties: { id: uuid } } as const;

/** Query of a list of items. */
export const listQuery = {
  type: 'object',
  properties: {
    limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
    cursor: { type: 'string', maxLength: 1_024 },
    sort: { enum: Object.keys(sorts), default: '-createdAt' },
  },
} as const;

/** A reservation in a response. */
export const reservation = {
  type: 'object',
  properties: {
    id: uuid,
    kind: { type: 'string' },
    state: { type: 'string' },
    amount: { type: 'integer' },
    committedAmount: { type: ['integer', 'null'] },
    period: { type: 'string' },
    createdAt: time,
    expiresAt: time,
    settledAt: { type: ['string', 'null'] },
    remaining: { type: 'integer' },
  },
} as const;
/** Body of a request for a reservation. */
export const reservationDraft = {
  type: 'object',
  required: ['amount'],
  additionalProperties: false,
  properties: {
    amount: { type: 'integer', minimum: 1, maximum: 1_000_000_000 },
    ttlSeconds: { type: 'integer', minimum: 1, maximum: 3_600, default: 300 },
  },
} as const;
