import { type JsonWebKey } from 'node:crypto';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { BackendApiGuard } from '../http/backend-api.guard';
import { KeyRing } from './key-ring';

/** The public keys of session tokens (RFC 7517): for the SDK with the secret key, for everybody without. */
@Controller()
export class JwksController {
  constructor(private readonly ring: KeyRing) {}

  @Get('v1/jwks')
  @UseGuards(BackendApiGuard)
  backendApi(): { keys: JsonWebKey[] } {
    return this.public();
  }

  @Get('.well-known/jwks.json')
  public(): { keys: JsonWebKey[] } {
    return { keys: this.ring.published().map((key) => key.jwk) };
  }
}
