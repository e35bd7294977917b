import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type EmulatorConfig } from '../config';
import { ScriptNotInstalledError } from '../sign-in-errors';
import { CONFIG } from '../tokens';

/** Packages whose scripts Clerk serves to browsers. */
const PACKAGES = ['clerk-js', 'ui'];
/** A file directly in `dist`, so that no other file can be read. */
const SCRIPT = /^[\w-][\w.-]*\.js$/;

/**
 * Serves the scripts of Clerk's packages for browsers, as Clerk does: `/npm/@clerk/clerk-js@6/dist/clerk.browser.js`.
 * The emulator does not contain them: it takes those that are installed in `CLERK_PACKAGES_FOLDER`, whatever version the
 * URL names.
 */
@Controller('npm/@clerk')
export class ScriptsController {
  constructor(@Inject(CONFIG) private readonly config: Pick<EmulatorConfig, 'packagesFolder'>) {}

  @Get(':package/dist/:file')
  async script(
    @Param('package') versioned: string,
    @Param('file') file: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const [name = ''] = versioned.split('@');
    const content = PACKAGES.includes(name) && SCRIPT.test(file) ? await this.read(name, file) : undefined;
    if (content === undefined) throw new ScriptNotInstalledError(name);
    void reply.type('text/javascript; charset=utf-8').header('cache-control', 'no-cache').send(content);
  }

  /** Reads a script from the nearest `node_modules`, as Node finds packages. */
  private async read(name: string, file: string): Promise<Buffer | undefined> {
    for (let folder = resolve(this.config.packagesFolder); ; folder = dirname(folder)) {
      const content = await readFile(join(folder, 'node_modules/@clerk', name, 'dist', file)).catch(() => undefined);
      if (content !== undefined || folder === dirname(folder)) return content;
    }
  }
}
