import { Inject, Injectable } from '@nestjs/common';
import { type JsonObject } from '../clerk/json';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../config.token';

/** The custom claims that session tokens carry, as one sets them in Clerk's dashboard. */
@Injectable()
export class ClaimsTemplate {
  /** null: version 2 carries `public_metadata` as `metadata`, version 1 nothing. */
  current: JsonObject | null;

  constructor(@Inject(CONFIG) config: EmulatorConfig) {
    this.current = config.sessionClaims;
  }

  forVersion(version: 1 | 2): JsonObject {
    return this.current ?? (version === 2 ? { metadata: '{{user.public_metadata}}' } : {});
  }
}
