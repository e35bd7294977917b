import { getErrorMessage } from '@gatehouse/client';
import { allowance, logIn } from './legacy-client.ts';

const { GATEHOUSE_URL: baseUrl = 'http://localhost:8080', EMAIL: email = '', PASSWORD: password = '' } = process.env;
try {
  const session = await logIn(baseUrl, email, password);
  console.log(await allowance(session));
  await session.logOut();
} catch (error) {
  console.error(getErrorMessage(error));
  process.exitCode = 1;
}
