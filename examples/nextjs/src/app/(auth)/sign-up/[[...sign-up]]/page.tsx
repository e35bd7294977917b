import { SignUpForm } from '@/components/sign-up-form';
import { targetOf } from '../../target-of';

export default async function SignUpPage({ searchParams }: PageProps<'/sign-up/[[...sign-up]]'>) {
  return <SignUpForm target={await targetOf(searchParams)} />;
}
