import { Module } from '@nestjs/common';
import { ApiDocument } from './api-document';
import { DocsController } from './docs.controller';
import { RootController } from './root.controller';

/** The OpenAPI document and its page. */
@Module({ controllers: [DocsController, RootController], providers: [ApiDocument] })
export class DocsModule {}
