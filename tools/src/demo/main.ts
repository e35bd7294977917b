import { Admin } from './admin';
import { Clerk } from './clerk';
import { DemoError } from './errors';
import { Narrator } from './narrator';
import { OwnStory } from './own-story';
import { findRunning } from './running';
import { Story } from './story';

void main();

async function main(): Promise<void> {
  try {
    const running = findRunning();
    const clerk = new Clerk(running);
    const narrator = new Narrator();
    const { gateway } = running.urls;
    await new Story(clerk, new Admin(gateway, clerk), narrator, new OwnStory(gateway, clerk, narrator)).tell();
    process.exitCode = narrator.ends() ? 0 : 1;
  } catch (error) {
    console.error(error instanceof DemoError ? error.message : error);
    process.exitCode = 1;
  }
}
