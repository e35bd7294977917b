import { checkReadiness } from './check-endpoints';

it.each(['localhost:9000', 'nowhere', ''])('an ops port that is not an address is a finding: %p', async (url) => {
  expect(await checkReadiness(url, new AbortController().signal)).toMatchObject({
    status: 'problem',
    detail: `${url} is not an address`,
  });
});
