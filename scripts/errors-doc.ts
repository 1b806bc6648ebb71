/**
 * Writes `docs/errors.md` from the catalogue: `bun scripts/errors-doc.ts`. A test holds the page to what this renders.
 */
import { catalogue } from "../src/errors.ts";
import type { ErrorDefinition } from "../src/foundation/errors/index.ts";

const introduction = `# Errors

Every error is \`application/problem+json\` (RFC 9457):

| member       | what it is                                                                                        |
|--------------|---------------------------------------------------------------------------------------------------|
| \`type\`       | the URL of the page of this API that explains the error, \`/errors/{error_id}\`                     |
| \`title\`      | a short summary, the same every time                                                              |
| \`status\`     | the HTTP status                                                                                   |
| \`detail\`     | what is wrong this time                                                                           |
| \`instance\`   | the path of the request                                                                           |
| \`error_id\`   | one of the ids below; programs go by this one                                                     |
| \`request_id\` | the request's \`X-Request-ID\`: what to quote to whoever runs the API                               |
| \`trace_id\`   | the request's W3C trace id                                                                        |
| \`errors\`     | where there are bad fields: the \`pointer\` (RFC 6901), \`detail\` and sometimes \`error_id\` of each   |

A pointer leads into the body (\`/lines/0/amount\`), or begins with \`/query\`, \`/params\` or \`/headers\`. Where several
errors apply the first of these is answered: 413, 414, 431 → 429 → 401 → 415 → 400 → 403 → 404 → 428 → 412 → 409 → 422. A 429 and
every 503 carry \`Retry-After\`, in seconds; *again* below says that the same request may then succeed.

This page is made from the catalogue, \`src/errors.ts\`, by \`bun scripts/errors-doc.ts\`.
`;

/** The whole page, statuses in ascending order, ids in the catalogue's own within each. */
export function renderErrorsDoc(definitions: Readonly<Record<string, ErrorDefinition>>): string {
  const byStatus = Map.groupBy(Object.entries(definitions), ([, { status }]) => status);
  const sections = [...byStatus]
    .toSorted(([left], [right]) => left - right)
    .map(([status, entries]) => `## ${status}\n\n${entries.map(renderError).join("\n")}`);
  return `${introduction}\n${sections.join("\n")}`;
}

function renderError([id, { title, retryable, meaning, remedy }]: [string, ErrorDefinition]): string {
  return `### ${id}\n\n**${title}**${retryable ? " (again)" : ""}. ${meaning}\n\n→ ${remedy}\n`;
}

if (import.meta.main) await Bun.write(new URL("../docs/errors.md", import.meta.url), renderErrorsDoc(catalogue));
