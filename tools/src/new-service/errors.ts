import { codedError } from '@gatehouse/errors';

/** A service cannot have this name. */
export class ServiceNameInvalidError extends codedError(
  'SERVICE_NAME_INVALID',
  (reason: string) => `The name of the service ${reason}. Usage: npm run new:service -- <name>, such as send-invoices.`,
) {}

/** The generator inserts an entry into a file before a certain line. The file has no such line. */
export class PlaceNotFoundError extends codedError(
  'PLACE_NOT_FOUND',
  (file: string, line: string) => `${file} has no line that begins with "${line}": update tools/src/new-service.`,
) {}
