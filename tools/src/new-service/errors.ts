import { codedError } from '@gatehouse/errors';

/** A service cannot have this name. */
export class ServiceNameInvalidError extends codedError(
  'SERVICE_NAME_INVALID',
  (reason: string) => `The name of the service ${reason}. Usage: npm run new:service -- <name>, such as send-invoices.`,
) {}

/** A file that the generator changes no longer holds the line that it looks for. */
export class PlaceNotFoundError extends codedError(
  'PLACE_NOT_FOUND',
  (file: string, line: string) => `${file} has no line that begins with "${line}": update tools/src/new-service.`,
) {}
