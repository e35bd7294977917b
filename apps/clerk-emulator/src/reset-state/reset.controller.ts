import { Controller, HttpCode, Post } from '@nestjs/common';
import { ResetService } from './reset.service';

/** Begins again with an empty instance. */
@Controller('emulator/reset')
export class ResetController {
  constructor(private readonly resets: ResetService) {}

  @Post()
  @HttpCode(200)
  reset(): { reset: true } {
    this.resets.reset();
    return { reset: true };
  }
}
