import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { SignInModule } from '../sign-in/sign-in.module';
import { ProblemFilter } from './problem.filter';
import { ValidationPipe } from './validation.pipe';

/** Validates requests and sends error responses, on every route. */
@Module({
  imports: [SignInModule],
  providers: [
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useClass: ValidationPipe },
  ],
})
export class HttpModule {}
