import { Link } from '@tanstack/react-router';
import { Page } from '../ui/page';

/** The page of an address that the console does not have. */
export function NotFound() {
  return (
    <Page title="There is no such page">
      <p>
        Go to the <Link to="/">overview</Link>.
      </p>
    </Page>
  );
}
