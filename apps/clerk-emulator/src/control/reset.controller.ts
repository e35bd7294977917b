import { Controller, HttpCode, Post } from '@nestjs/common';
import { EmulatorState } from '../persist-state/emulator-state';

/** Deletes the instance's data, such as users, sessions and deliveries; endpoints and keys stay. */
@Controller('emulator/reset')
export class ResetController {
  constructor(private readonly state: EmulatorState) {}

  @Post()
  @HttpCode(200)
  reset(): { reset: true } {
    this.state.reset();
    return { reset: true };
  }
}
