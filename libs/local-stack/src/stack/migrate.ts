import { MigrationFailedError } from '../errors';
import { type ProgramOptions, runProgram } from './run-program';

/** Which migrations to run, and on which database. */
export interface MigrationOptions extends Omit<ProgramOptions, 'program' | 'args'> {
  ownerUrl: string;
}

/**
 * Runs the migrations of one service as the owner of its database.
 * @throws NotBuiltError, MigrationFailedError
 */
export async function migrateDatabase({ ownerUrl, ...options }: MigrationOptions): Promise<void> {
  const environment = { ...options.environment, DATABASE_URL: ownerUrl };
  const failure = await runProgram({ ...options, environment, program: 'migrate' });
  if (failure) throw new MigrationFailedError(options.app, failure);
}
