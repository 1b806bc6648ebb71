/**
 * Renews `assets/scalar` from the npm package: `bun scripts/vendor-scalar.ts 1.72.1`.
 * Afterwards put the version and the printed digest into assets/scalar/README.md.
 */
import { $ } from "bun";

const version = process.argv[2];
if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version)) {
  console.error("usage: bun scripts/vendor-scalar.ts VERSION");
  process.exit(2);
}
const target = new URL("../assets/scalar/scalar.js.gz", import.meta.url).pathname;
const work = (await $`mktemp -d`.text()).trim();
await $`npm pack @scalar/api-reference@${version} --silent`.cwd(work).quiet();
await $`tar xzf scalar-api-reference-${version}.tgz`.cwd(work);
const bundle = `${work}/package/dist/browser/standalone.js`;
await $`gzip -9 -n -c ${bundle} > ${target}`;
console.log(new Bun.CryptoHasher("sha256").update(await Bun.file(bundle).bytes()).digest("hex"));
await $`rm -r ${work}`;
