import { Controller, Get, Param, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { ResourceNotFoundError } from '../errors';
import { ImageStore } from './image.store';
import { IMAGES_PATH } from './profile-images.service';

/** Pages of any site show profile images. The bytes never change under one id. */
const HEADERS = {
  'access-control-allow-origin': '*',
  'cache-control': 'public, max-age=31536000, immutable',
  'content-security-policy': "default-src 'none'",
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
};

/** Serves profile images, as `img.clerk.com` does. */
@Controller(IMAGES_PATH)
export class ImagesController {
  constructor(private readonly images: ImageStore) {}

  @Get(':id')
  image(@Param('id') id: string, @Res() reply: FastifyReply): void {
    const image = this.images.find(id);
    if (!image) throw new ResourceNotFoundError('image', id);
    void reply.headers(HEADERS).type(image.type).send(image.bytes);
  }
}
