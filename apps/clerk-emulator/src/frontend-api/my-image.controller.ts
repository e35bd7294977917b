import { Body, Controller, Delete, Post, UseGuards, UseInterceptors } from '@nestjs/common';
import { type DeletedObject } from '../clerk/user';
import { ClerkParams } from '../http/clerk-params.pipe';
import { type UploadParams, uploadParams } from '../keep-images/image.schemas';
import { ProfileImages } from '../keep-images/profile-images.service';
import { type Caller, FromCaller } from './caller';
import { Clients } from './clients';
import { FrontendApiGuard } from './frontend-api.guard';
import { WithClient } from './with-client.interceptor';

/** An image as the Frontend API returns it. */
interface ImageView {
  readonly object: 'image';
  readonly id: string;
  readonly name: string;
  readonly public_url: string;
}

/** `/v1/me/profile_image` of Clerk's Frontend API. */
@Controller('v1/me/profile_image')
@UseGuards(FrontendApiGuard)
@UseInterceptors(WithClient)
export class MyImageController {
  constructor(
    private readonly clients: Clients,
    private readonly images: ProfileImages,
  ) {}

  @Post()
  set(@FromCaller() caller: Caller, @Body(new ClerkParams(uploadParams)) { file }: UploadParams): ImageView {
    const { image } = this.images.set(this.userId(caller), file);
    return { object: 'image', id: image.id, name: image.id, public_url: this.images.urlOf(image) };
  }

  @Delete()
  remove(@FromCaller() caller: Caller): DeletedObject {
    return { object: 'image', id: this.images.remove(this.userId(caller)).id, deleted: true };
  }

  private userId({ devBrowserId, sessionId }: Caller): string {
    return this.clients.liveSession(devBrowserId, sessionId).user_id;
  }
}
