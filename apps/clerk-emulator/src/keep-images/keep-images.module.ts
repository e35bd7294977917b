import { Module } from '@nestjs/common';
import { KeepUsersModule } from '../keep-users/keep-users.module';
import { ServeApiModule } from '../serve-api/serve-api.module';
import { ImageFolder } from './image-folder';
import { ImageStore } from './image.store';
import { ImagesController } from './images.controller';
import { ProfileImages } from './profile-images.service';
import { UserImagesController } from './user-images.controller';

/** Profile images of users. */
@Module({
  imports: [KeepUsersModule, ServeApiModule],
  controllers: [ImagesController, UserImagesController],
  providers: [ImageFolder, ImageStore, ProfileImages],
  exports: [ProfileImages],
})
export class KeepImagesModule {}
