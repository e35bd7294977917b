import { Controller, Get } from '@nestjs/common';
import { type Notice, Notices } from './notices';

/** Shows the notices: endpoints disabled, users locked, keys rotated or retired. */
@Controller('emulator/notices')
export class NoticesController {
  constructor(private readonly notices: Notices) {}

  @Get()
  list(): { data: Notice[] } {
    return { data: this.notices.list() };
  }
}
