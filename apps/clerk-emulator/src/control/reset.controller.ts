import { Controller, HttpCode, Post } from '@nestjs/common';
import { EmulatorState } from '../persist-state/emulator-state';

/** Empties the instance; endpoints and keys stay. */
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
