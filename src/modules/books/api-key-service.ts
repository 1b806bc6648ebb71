import { AppError } from "../../errors.ts";
import { createOpaqueToken, hashOpaqueToken } from "../../foundation/auth/index.ts";
import type { Tx } from "../../foundation/db/index.ts";
import {
  type ApiKeyRow,
  insertApiKey,
  type NewApiKey,
  revokeKeysOfUser,
  selectApiKeys,
  updateApiKeyRevoked,
} from "./api-key-repository.ts";
import type { BookPage } from "./repository.ts";

export type { ApiKeyRow } from "./api-key-repository.ts";

/** What every API key begins with, so that one in the wrong place is recognised. */
export const apiKeyPrefix = "ftg_";

const shownLength = apiKeyPrefix.length + 8;

/** A new key, and what is stored of it: its digest and its first characters. */
export async function makeApiKey(): Promise<{
  readonly key: string;
  readonly keyHash: string;
  readonly prefix: string;
}> {
  const key = createOpaqueToken(apiKeyPrefix);
  return { key, keyHash: hashOpaqueToken(key), prefix: key.slice(0, shownLength) };
}

/** @throws NOT_FOUND when the user stopped being an owner of the book meanwhile. */
export async function createApiKey(tx: Tx, key: NewApiKey): Promise<ApiKeyRow> {
  const row = await insertApiKey(tx, key);
  if (row === null) throw new AppError("NOT_FOUND");
  return row;
}

/** A book's keys, revoked and expired ones included, oldest first. */
export function listApiKeys(tx: Tx, bookId: string, page: BookPage): Promise<ApiKeyRow[]> {
  return selectApiKeys(tx, bookId, page);
}

/** Revoking a revoked key changes nothing. @throws NOT_FOUND when the book has no such key. */
export async function revokeApiKey(
  tx: Tx,
  input: { readonly bookId: string; readonly keyId: string; readonly now: Date },
): Promise<void> {
  if (!(await updateApiKeyRevoked(tx, input))) throw new AppError("NOT_FOUND", { detail: "There is no such API key." });
}

/** Revokes every API key that a user has made, in whichever book. */
export function revokeApiKeysOfUser(
  tx: Tx,
  { userId, now }: { readonly userId: string; readonly now: Date },
): Promise<void> {
  return revokeKeysOfUser(tx, { bookId: null, userId, now });
}
