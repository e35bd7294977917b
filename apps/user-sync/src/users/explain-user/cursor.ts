import { RequestRefusedError } from '@gatehouse/messaging';
import { type AppliedEventEntity } from '../../database/applied-event.entity';

/** The opaque text of where a page of steps ended. */
export function encodeStep({ step }: Pick<AppliedEventEntity, 'step'>): string {
  return Buffer.from(step).toString('base64url');
}

/** The step that a cursor names; throws a refusal when it is none of ours. */
export function decodeStep(cursor: string): string {
  const step = Buffer.from(cursor, 'base64url').toString('latin1');
  if (!/^\d{1,18}$/.test(step))
    throw new RequestRefusedError('invalid_request', 'cursor: is not a cursor of this story');
  return step;
}
