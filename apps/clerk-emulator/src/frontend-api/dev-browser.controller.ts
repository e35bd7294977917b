import { Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { DevBrowsers } from './dev-browser.store';
import { FrontendApiGuard, WithoutDevBrowser } from './frontend-api.guard';

/** `/v1/dev_browser` of Clerk's Frontend API, which gives a browser its credential. */
@Controller('v1/dev_browser')
@UseGuards(FrontendApiGuard)
export class DevBrowserController {
  constructor(private readonly devBrowsers: DevBrowsers) {}

  @Post()
  @HttpCode(200)
  @WithoutDevBrowser()
  create(): { id: string } {
    return { id: this.devBrowsers.create() };
  }
}
