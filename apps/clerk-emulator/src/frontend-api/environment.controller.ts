import { Controller, Get, Patch, UseGuards } from '@nestjs/common';
import { Instance } from '../instance';
import { type Environment, environmentOf } from './environment';
import { FrontendApiGuard, WithoutDevBrowser } from './frontend-api.guard';

/** `/v1/environment` of Clerk's Frontend API. Like at Clerk, the answer is not wrapped. */
@Controller('v1/environment')
@UseGuards(FrontendApiGuard)
@WithoutDevBrowser()
export class EnvironmentController {
  constructor(private readonly instance: Instance) {}

  @Get()
  get(): Environment {
    return environmentOf(this.instance);
  }

  /** Clerk's scripts send this in development, to tell Clerk the origin of the page. */
  @Patch()
  update(): Environment {
    return this.get();
  }
}
