import { type JsonWebKey } from 'node:crypto';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { BackendApiGuard } from '../serve-api/backend-api.guard';
import { KeyRing } from './key-ring';

/** Serves the JWKS (RFC 7517) at two paths: `/v1/jwks` needs the secret key, `/.well-known/jwks.json` is public. */
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
