import { type Attempt, type Delivery } from './delivery';

/** A delivery without its body, without the requests and responses of its attempts, and without its faults. */
export interface DeliverySummary extends Omit<Delivery, 'body' | 'faults' | 'attempt_faults' | 'hold' | 'attempts'> {
  attempts: Omit<Attempt, 'request' | 'response'>[];
}

/** A delivery with its body and the request and response of each attempt. */
export interface DeliveryDetail extends Omit<DeliverySummary, 'attempts'> {
  attempts: Attempt[];
  body: string;
}

/** A delivery as lists show it. */
export function summaryOf(delivery: Delivery): DeliverySummary {
  const { body: _body, faults: _faults, attempt_faults: _attemptFaults, hold: _hold, attempts, ...rest } = delivery;
  return { ...rest, attempts: attempts.map(({ request: _request, response: _response, ...attempt }) => attempt) };
}

/** A delivery with all its details. */
export function detailOf(delivery: Delivery): DeliveryDetail {
  return { ...summaryOf(delivery), attempts: delivery.attempts, body: delivery.body };
}
