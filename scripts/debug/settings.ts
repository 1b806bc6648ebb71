import { DebugError } from "./outcome.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SigNozSettings {
  /** Where SigNoz stands, its path ending in a slash. */
  readonly url: URL;
  /** Secret: goes into one header, and nowhere else. */
  readonly apiKey: string;
}

/**
 * Reads where SigNoz is, and the key, from the environment (and so from `.env`). An empty variable counts as unset.
 * @throws DebugError (usage) that names the variable and never shows a value
 */
export function parseSigNozSettings(env: Environment): SigNozSettings {
  const [urlText, apiKey] = [env["SIGNOZ_URL"]?.trim() ?? "", env["SIGNOZ_API_KEY"]?.trim() ?? ""];
  const orLocal = "or read a log file of the API's with --local FILE";
  if (urlText === "") {
    throw new DebugError("usage", "SIGNOZ_URL is not set", `put it into the environment or .env, ${orLocal}`);
  }
  const url = URL.parse(urlText);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new DebugError("usage", "SIGNOZ_URL is no http or https URL", "such as https://signoz.example.com");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new DebugError("usage", "SIGNOZ_URL has a user, query or fragment", "give where SigNoz stands, and no more");
  }
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  if (apiKey === "") {
    throw new DebugError(
      "usage",
      "SIGNOZ_API_KEY is not set",
      `make one in SigNoz under Settings, API Keys, ${orLocal}`,
    );
  }
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new DebugError("usage", "SIGNOZ_API_KEY has characters that no key has", "is the whole line a key?");
  }
  return { url, apiKey };
}
