export {
  type AccessTokenAlgorithm,
  type AccessTokenClaims,
  type AccessTokenOptions,
  type AccessTokens,
  accessTokenAlgorithms,
  createAccessTokens,
} from "./access-token.ts";
export { type BearerChallenge, type BearerCredential, formatBearerChallenge, parseBearer } from "./bearer.ts";
export { createGate, type Gate, GateFullError, type GateOptions } from "./gate.ts";
export { createOpaqueToken, hashOpaqueToken, isOpaqueToken } from "./opaque-token.ts";
export {
  createPasswordHasher,
  type DeriveKey,
  findPasswordFault,
  type PasswordHasher,
  type PasswordHasherOptions,
  type PasswordVerdict,
  passwordLengthMax,
  passwordLengthMin,
  scryptCostDefault,
} from "./password.ts";
export type { ScryptCost } from "./scrypt-hash.ts";
