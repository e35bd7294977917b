import { codedError } from '@gatehouse/errors';

/** A service cannot have this name. */
export class ServiceNameInvalidError extends codedError(
  'SERVICE_NAME_INVALID',
  (reason: string) => `The name of the service ${reason}. Usage: npm run new:service -- <name>, such as send-invoices.`,
) {}

/** A file to change has no line that begins with the text before which the generator inserts its entry. */
export class PlaceNotFoundError extends codedError(
  'PLACE_NOT_FOUND',
  (file: string, line: string) => `${file} has no line that begins with "${line}": update tools/src/new-service.`,
) {}
