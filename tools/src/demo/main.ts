import { Admin } from './admin';
import { Clerk } from './clerk';
import { DemoError } from './errors';
import { Narrator } from './narrator';
import { findRunning } from './running';
import { Story } from './story';

void main();

async function main(): Promise<void> {
  try {
    const running = findRunning();
    const clerk = new Clerk(running);
    const narrator = new Narrator();
    await new Story(clerk, new Admin(running.urls.gateway, clerk), narrator).tell();
    process.exitCode = narrator.ends() ? 0 : 1;
  } catch (error) {
    console.error(error instanceof DemoError ? error.message : error);
    process.exitCode = 1;
  }
}
