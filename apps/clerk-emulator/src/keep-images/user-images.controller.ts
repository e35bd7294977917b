import { Body, Controller, Delete, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { type ClerkUser } from '../clerk/user';
import { ClerkParams } from '../http/clerk-params.pipe';
import { BackendApiGuard } from '../serve-api/backend-api.guard';
import { type UploadParams, uploadParams } from './image.schemas';
import { ProfileImages } from './profile-images.service';

/** `/v1/users/:id/profile_image` of Clerk's Backend API. */
@Controller('v1/users/:id/profile_image')
@UseGuards(BackendApiGuard)
export class UserImagesController {
  constructor(private readonly images: ProfileImages) {}

  @Post()
  @HttpCode(200)
  set(@Param('id') id: string, @Body(new ClerkParams(uploadParams)) { file }: UploadParams): ClerkUser {
    return this.images.set(id, file).user;
  }

  @Delete()
  remove(@Param('id') id: string): ClerkUser {
    return this.images.remove(id).user;
  }
}
