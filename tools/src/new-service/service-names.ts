import { ServiceNameInvalidError } from './errors';

/** The name of a service in the spellings for folders (`kebab`), variables (`camel`) and classes (`pascal`). */
export interface ServiceNames {
  /** `send-invoices` */
  readonly kebab: string;
  /** `sendInvoices` */
  readonly camel: string;
  /** `SendInvoices` */
  readonly pascal: string;
}

/** Names that a service cannot have, because a local server or its port has that name. */
const reserved = ['clerk-emulator', 'emulator', 'gateway', 'ingest', 'nats', 'postgres'];

/**
 * The spellings of a service's name.
 * @throws ServiceNameInvalidError when the name is not in kebab case, is too long or is reserved
 */
export function serviceNames(kebab: string): ServiceNames {
  if (!/^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/.test(kebab) || kebab.length > 40) {
    throw new ServiceNameInvalidError('must be in kebab case, at most 40 characters');
  }
  if (reserved.includes(kebab)) throw new ServiceNameInvalidError('is reserved');
  const pascal = kebab.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase());
  return { kebab, camel: `${pascal[0]?.toLowerCase()}${pascal.slice(1)}`, pascal };
}
