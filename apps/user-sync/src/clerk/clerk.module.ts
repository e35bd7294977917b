import { Module } from '@nestjs/common';
import { ClerkAddresses } from './clerk-addresses';
import { ClerkBudget } from './clerk-budget';
import { ClerkDirectory } from './clerk-directory';
import { ClerkHealth } from './clerk-health';
import { ClerkInstance } from './clerk-instance';
import { ClerkJson } from './clerk-json';
import { ClerkMetadata } from './clerk-metadata';
import { ClerkRequests } from './clerk-requests';
import { ClerkSessions } from './clerk-sessions';
import { ClerkUsers } from './clerk-users';
import { SuspectedAbsences } from './suspected-absences';

/**
 * Owns the requests to Clerk's Backend API, their budget and priorities, and the list of users that Clerk did not find.
 */
@Module({
  providers: [
    ClerkAddresses,
    ClerkBudget,
    ClerkDirectory,
    ClerkHealth,
    ClerkInstance,
    ClerkJson,
    ClerkMetadata,
    ClerkRequests,
    ClerkSessions,
    ClerkUsers,
    SuspectedAbsences,
  ],
  exports: [ClerkAddresses, ClerkDirectory, ClerkInstance, ClerkMetadata, ClerkSessions, ClerkUsers, SuspectedAbsences],
})
export class ClerkModule {}
