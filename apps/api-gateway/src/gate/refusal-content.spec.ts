import { RoleInsufficientError } from '../errors';
import { errorResponse } from '../problems/error-response';
import { refusalContent } from './refusal-content';

const problem = errorResponse(new RoleInsufficientError());
const cookies = { credentials: ['cookie'] } as const;
const navigation = { 'sec-fetch-mode': 'navigate' };

describe('the body of a refusal', () => {
  it('is a page for a browser that navigates to a route with cookies', () => {
    const { headers, body } = refusalContent(problem, 'r', cookies, navigation);
    expect(headers).toEqual({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; .*style-src 'sha256-/),
    });
    expect(body).toMatch(/<h1>Not allowed<\/h1>[^]*role_insufficient/);
  });

  it.each([
    ['a script', cookies, { 'sec-fetch-mode': 'cors' }],
    ['a program', cookies, {}],
    ['a route without cookies', { credentials: ['bearer'] }, navigation],
    ['no route', undefined, navigation],
  ] as const)('is a problem for %s', (_, rules, headers) => {
    const content = refusalContent(problem, 'r', rules, headers);
    expect(content.headers).toEqual({ 'content-type': 'application/problem+json' });
    expect(JSON.parse(content.body)).toMatchObject({ status: 403, code: 'role_insufficient', requestId: 'r' });
  });

  it('is empty for a redirect', () => {
    const redirect = { ...problem, status: 302 };
    expect(refusalContent(redirect, 'r', cookies, navigation)).toEqual({ headers: {}, body: '' });
  });
});
