import { codedError } from '@gatehouse/errors';

/** Files of the secrets directory are missing. */
export class SecretsMissingError extends codedError(
  'SECRETS_MISSING',
  (directory: string, files: readonly string[]) =>
    `${directory} lacks ${files.join(', ')}. Run npm run --silent secrets -- <directory>, which says where each comes from.`,
) {}
