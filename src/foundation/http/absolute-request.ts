/**
 * The request with a URL that can be parsed. A missing or malformed Host (HTTP/1.0 probes send none) leaves a server with
 * half a URL, which routing and everything else would trip over; such a request gets `localhost` for a host.
 */
export function withAbsoluteUrl(request: Request): Request {
  if (URL.canParse(request.url) && /^https?:\/\//.test(request.url)) return request;
  const target = /^(?:https?:\/\/[^/]*)?(\/.*)$/.exec(request.url)?.[1] ?? "/";
  return new Request(`http://localhost${target}`, request);
}
