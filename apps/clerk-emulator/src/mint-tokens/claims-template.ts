import { Inject, Injectable } from '@nestjs/common';
import { type JsonObject } from '../clerk/json';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../tokens';

/** Custom claims of session tokens. At Clerk, they are set in the dashboard. */
@Injectable()
export class ClaimsTemplate {
  /**
   * The custom claims that were set. Null: tokens of version 2 have the claim `metadata` with the user's
   * `public_metadata`, and tokens of version 1 have no custom claims.
   */
  current: JsonObject | null;

  constructor(@Inject(CONFIG) config: EmulatorConfig) {
    this.current = config.sessionClaims;
  }

  forVersion(version: 1 | 2): JsonObject {
    return this.current ?? (version === 2 ? { metadata: '{{user.public_metadata}}' } : {});
  }
}
