import { SignInForm } from '@/components/sign-in-form';
import { targetOf } from '../../target-of';

export default async function SignInPage({ searchParams }: PageProps<'/sign-in/[[...sign-in]]'>) {
  return <SignInForm target={await targetOf(searchParams)} />;
}
