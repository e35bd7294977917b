import { Controller, Get, Header } from '@nestjs/common';
import { Instance } from '../instance';

/** What one sees who opens the emulator in a browser. */
@Controller()
export class PageController {
  constructor(private readonly instance: Instance) {}

  @Get()
  @Header('content-type', 'text/plain; charset=utf-8')
  page(): string {
    return `clerk-emulator: a local stand-in for Clerk, for development and tests only.

Instance ${this.instance.id}, issuer ${this.instance.issuer}

Backend API (Authorization: Bearer <CLERK_SECRET_KEY>)
  POST GET           /v1/users            GET /v1/users/count
  GET PATCH DELETE   /v1/users/:id        PATCH PUT /v1/users/:id/metadata
  POST               /v1/users/:id/ban | unban | lock | unlock
  POST               /v1/email_addresses  GET PATCH DELETE /v1/email_addresses/:id
  POST               /v1/phone_numbers    GET PATCH DELETE /v1/phone_numbers/:id
  POST GET           /v1/sessions         GET /v1/sessions/:id
  POST               /v1/sessions/:id/revoke | tokens
  GET                /v1/jwks

Public
  GET                /.well-known/jwks.json

The emulator's own (no credential)
  GET                /emulator/health
  GET                /emulator/deliveries, /emulator/deliveries/:id
  POST               /emulator/deliveries/:id/resend
  POST               /emulator/events
  POST               /emulator/sessions, /emulator/sessions/:id/remove | end
  POST               /emulator/tokens
  POST               /emulator/pause, /emulator/resume
`;
  }
}
