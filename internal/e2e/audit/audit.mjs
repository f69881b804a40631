// Runs the published audits against url with a bearer token, each audit a line of JSON. With "get" as the third
// argument, requests that can be written as a URL are sent as one.
import { serverAudits } from 'graphql-http';

const [url, token, way] = process.argv.slice(2);

const asURL = (init) => {
  if (init.method !== 'POST' || typeof init.body !== 'string') return null;
  if (!new Headers(init.headers).get('content-type')?.startsWith('application/json')) return null;
  let body;
  try { body = JSON.parse(init.body); } catch { return null; }
  if (typeof body?.query !== 'string' || body.query.trim().startsWith('mutation')) return null;
  const target = new URL(url);
  for (const [name, value] of Object.entries(body)) {
    const isText = name === 'query' || name === 'operationName';
    // A parameter of another type than it should have cannot be told from a text in a URL.
    if (value !== null && typeof value !== (isText ? 'string' : 'object') || Array.isArray(value)) return null;
    if (value !== null) target.searchParams.set(name, isText ? value : JSON.stringify(value));
  }
  return target;
};

let gets = 0;
const fetchFn = (target, init = {}) => {
  const headers = new Headers(init.headers);
  headers.set('Authorization', `Bearer ${token}`);
  const rewritten = way === 'get' ? asURL(init) : null;
  if (rewritten) {
    gets++;
    headers.delete('Content-Type');
    return fetch(rewritten, { ...init, method: 'GET', body: undefined, headers });
  }
  return fetch(target, { ...init, headers });
};

for (const audit of serverAudits({ url, fetchFn })) {
  const result = await audit.fn();
  console.log(JSON.stringify({ id: audit.id, name: audit.name, status: result.status, reason: result.reason ?? '' }));
}
console.error(`${gets} requests were sent as a URL`);
