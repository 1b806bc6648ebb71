/** Writes `docs/licences.md` from `bun.lock` and what is installed: `bun scripts/licences-doc.ts`. A test holds the page to it. */
import { listLicences, readLicences, renderLicencesDoc } from "./supply-chain/licences.ts";
import { parseLockFile } from "./supply-chain/lock-file.ts";

const root = `${import.meta.dir}/..`;
const lock = parseLockFile(await Bun.file(`${root}/bun.lock`).text());
const rows = listLicences(lock, await readLicences("all"), await readLicences("production"));
await Bun.write(`${root}/docs/licences.md`, renderLicencesDoc(rows));
