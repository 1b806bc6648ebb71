import type { Config } from "../config.ts";
import type { Check } from "../foundation/health/index.ts";

/** Whether the model API lists its models to its key: the cheapest question that both are asked by. */
export function createModelCheck({ apiUrl, apiKey }: Config["model"], send: typeof fetch = fetch): Check {
  return {
    name: "model",
    critical: false,
    remedy: "Does MODEL_API_URL answer, and does it take MODEL_API_KEY?",
    async probe(signal) {
      if (apiUrl === undefined) return false;
      const response = await send(`${apiUrl}/models`, { headers: authorizationOf(apiKey), signal });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the model API answered ${response.status}`);
      return true;
    },
  };
}

/** By the two ways in use: providers ignore the one that is not theirs. */
function authorizationOf(apiKey: string | undefined): Record<string, string> {
  if (apiKey === undefined) return {};
  return { Authorization: `Bearer ${apiKey}`, "x-api-key": apiKey, "anthropic-version": "2023-06-01" };
}
