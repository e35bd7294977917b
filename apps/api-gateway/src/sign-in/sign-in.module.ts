import { Module } from '@nestjs/common';
import { RoundTrips } from './round-trips';
import { SignIn } from './sign-in';

/** Redirects of browsers to the sign-in page and back. */
@Module({ providers: [SignIn, RoundTrips], exports: [SignIn, RoundTrips] })
export class SignInModule {}
