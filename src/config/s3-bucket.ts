const PREFIXES_RESERVED = ["xn--", "sthree-", "amzn-s3-demo-"];
const SUFFIXES_RESERVED = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/** The account's own namespace: prefix, 12-digit account id, region, and the suffix that is kept for such names. */
const ACCOUNT_REGIONAL = /^.+-[0-9]{12}-[a-z]+(?:-[a-z]+)+-[0-9]+-an$/;

/**
 * Whether a general purpose bucket may have this name.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes("..") &&
    !/^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/.test(name) &&
    !PREFIXES_RESERVED.some((prefix) => name.startsWith(prefix)) &&
    !SUFFIXES_RESERVED.some((suffix) => name.endsWith(suffix)) &&
    (!name.endsWith("-an") || ACCOUNT_REGIONAL.test(name))
  );
}
