import { isLocalServerError, type LocalServerError } from '@gatehouse/local-stack';
import { ContainerFailedError, ContainersUnavailableError } from '../errors';

/** Converts an error of testcontainers or of the container engine into one that says what failed and what to do. */
export function explainContainerFailure(
  cause: unknown,
  container?: { name: string; image: string; imageVariable: string },
  output = '',
): LocalServerError {
  if (isLocalServerError(cause)) return cause;
  const message = (cause instanceof Error ? cause.message : String(cause)).trim();
  if (!container || /container runtime strategy/i.test(message)) return new ContainersUnavailableError({ cause });
  const ended = /log stream ended|log message .* not received/i.test(message);
  const said = ended ? output.split('\n').findLast((line) => line.trim() !== '') : undefined;
  return new ContainerFailedError(
    `${container.name} did not start in a container of ${container.image} (${reason(said ?? message)}): ` +
      `set ${container.imageVariable} to use another image.`,
    { cause },
  );
}

function reason(text: string): string {
  const [line = ''] = text.trim().split('\n');
  return line.replace(/^\(HTTP code \d+\) [a-z ]+ - /, '').replace(/[.\s]+$/, '');
}
