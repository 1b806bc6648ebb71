import type { Answer, RequestOptions } from "./app.ts";

export type SendOptions = Omit<RequestOptions, "body"> & { readonly signal?: AbortSignal };

/** Sends a request over HTTP: with a body a POST unless it says otherwise. */
export async function send(url: string, options: SendOptions = {}): Promise<Answer> {
  const { method, token, json, headers, signal } = options;
  const response = await fetch(url, {
    method: method ?? (json === undefined ? "GET" : "POST"),
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(json === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(signal === undefined ? {} : { signal }),
  });
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}
