import { Controller, Get } from '@nestjs/common';
import { type Notice, Notices } from './notices';

/** Shows what happened by itself: endpoints disabled, users locked, keys rotated. */
@Controller('emulator/notices')
export class NoticesController {
  constructor(private readonly notices: Notices) {}

  @Get()
  list(): { data: Notice[] } {
    return { data: this.notices.list() };
  }
}
