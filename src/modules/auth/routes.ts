import type { AppEnv, Deps, UserEnv } from "../../deps.ts";
import { AppError } from "../../errors.ts";
import {
  createOpaqueToken,
  createPasswordHasher,
  GateFullError,
  hashOpaqueToken,
  type PasswordHasher,
} from "../../foundation/auth/index.ts";
import { withTx } from "../../foundation/db/index.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import { identityScope, toBookResponse } from "../books/index.ts";
import { defineCredentialRoute, defineUserRoute } from "../define-route.ts";
import { getAuthServices } from "./auth-services.ts";
import { authenticate } from "./authenticate.ts";
import { challengeHeaders } from "./challenge.ts";
import { endRefreshFamily, type NewRefreshToken, rotateRefreshToken } from "./refresh-token-service.ts";
import { toProfileResponse, toTokensResponse, toUserResponse } from "./responses.ts";
import {
  loginRequestSchema,
  loginSchema,
  profileSchema,
  refreshRequestSchema,
  registerRequestSchema,
  registrationSchema,
  tokensSchema,
} from "./schemas.ts";
import { checkPassword, findCredentials, getProfile, registerUser, startSession } from "./service.ts";

const tags = ["Authentication"];
const firstBookName = "Personal";

const registerRoute = defineCredentialRoute({
  method: "post",
  path: "/auth/register",
  operationId: "register",
  summary: "Register a user, with a first book",
  tags,
  body: registerRequestSchema,
  responses: { 201: { description: "The user, its book and its tokens", schema: registrationSchema } },
  errors: ["EMAIL_TAKEN", "PASSWORD_CHECK_BUSY"],
});

const loginRoute = defineCredentialRoute({
  method: "post",
  path: "/auth/login",
  operationId: "login",
  summary: "Log in",
  tags,
  body: loginRequestSchema,
  responses: { 200: { description: "The user and its tokens", schema: loginSchema } },
  errors: ["CREDENTIALS_INVALID", "PASSWORD_CHECK_BUSY"],
});

const refreshRoute = defineCredentialRoute({
  method: "post",
  path: "/auth/refresh",
  operationId: "refreshTokens",
  summary: "Exchange a refresh token for new tokens",
  description: "A refresh token is good for one exchange. A second one revokes every token of its log-in.",
  tags,
  body: refreshRequestSchema,
  responses: { 200: { description: "New tokens", schema: tokensSchema } },
  errors: ["REFRESH_TOKEN_INVALID"],
});

const logoutRoute = defineCredentialRoute({
  method: "post",
  path: "/auth/logout",
  operationId: "logout",
  summary: "Revoke every refresh token of a log-in",
  description: "An access token stays good until it expires.",
  tags,
  body: refreshRequestSchema,
  responses: { 204: { description: "The log-in has ended" } },
  errors: [],
});

const profileRoute = defineUserRoute({
  method: "get",
  path: "/auth/me",
  operationId: "getProfile",
  summary: "Who you are",
  tags,
  responses: { 200: { description: "The user, its books, and the API key in use", schema: profileSchema } },
  errors: [],
});

export interface AuthRouteOptions {
  /** One for the application, as it bounds how many passwords are checked at once. */
  readonly passwords?: PasswordHasher;
}

/** `/auth/register`, `/auth/login`, `/auth/refresh`, `/auth/logout`, and, behind authentication, `/auth/me`. */
export function createAuthRoutes({ passwords = createPasswordHasher() }: AuthRouteOptions = {}) {
  const router = createRouter<AppEnv>();

  router.openapi(registerRoute, async (c) => {
    const { db, deps } = c.var;
    const { email, password, name = null } = c.req.valid("json");
    const passwordHash = await unlessBusy(passwords.hash(password));
    const { token, stored } = await makeRefreshToken(deps);
    const user = { id: deps.ids.uuid(), email, name, passwordHash, now: stored.now };
    const input = { user, book: { id: deps.ids.uuid(), name: firstBookName }, refreshToken: stored };
    const made = await withTx(db, identityScope, (tx) => registerUser(tx, input));
    const tokens = await signTokens(deps, made.user.id, token);
    return c.json({ user: toUserResponse(made.user), book: toBookResponse(made.book), ...tokens }, 201);
  });

  router.openapi(loginRoute, async (c) => {
    const { db, deps } = c.var;
    const { email, password } = c.req.valid("json");
    const found = await withTx(db, identityScope, (tx) => findCredentials(tx, email), { readOnly: true });
    const login = await unlessBusy(checkPassword(passwords, { found, password }));
    const { token, stored } = await makeRefreshToken(deps);
    await withTx(db, identityScope, (tx) => startSession(tx, { login, refreshToken: stored }));
    return c.json({ user: toUserResponse(login.user), ...(await signTokens(deps, login.user.id, token)) }, 200);
  });

  router.openapi(refreshRoute, async (c) => {
    const { db, deps } = c.var;
    const tokenHash = await hashOpaqueToken(c.req.valid("json").refresh_token);
    const { token, stored } = await makeRefreshToken(deps);
    const outcome = await withTx(db, identityScope, (tx) => rotateRefreshToken(tx, { tokenHash, next: stored }));
    if (outcome.kind === "rotated") return c.json(await signTokens(deps, outcome.userId, token), 200);
    if (outcome.kind === "reused") {
      deps.logger.warn("a refresh token was used twice: its log-in is revoked", {
        user_id: outcome.userId,
        family_id: outcome.familyId,
      });
    }
    throw new AppError("REFRESH_TOKEN_INVALID", { headers: challengeHeaders() });
  });

  router.openapi(logoutRoute, async (c) => {
    const { db, deps } = c.var;
    const now = deps.clock.now();
    const tokenHash = await hashOpaqueToken(c.req.valid("json").refresh_token);
    await withTx(db, identityScope, (tx) => endRefreshFamily(tx, { tokenHash, now }));
    return c.body(null, 204);
  });

  router.route("/", createProfileRoute());
  return router;
}

function createProfileRoute() {
  const router = createRouter<UserEnv>();
  router.use(profileRoute.path, authenticate());
  router.openapi(profileRoute, async (c) => {
    const { db, principal } = c.var;
    const profile = await withTx(db, identityScope, (tx) => getProfile(tx, principal), { readOnly: true });
    return c.json(toProfileResponse(profile, principal), 200);
  });
  return router;
}

/** A refresh token, and what is stored of it. */
async function makeRefreshToken({ clock, config, ids }: Deps) {
  const token = createOpaqueToken();
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + config.auth.refreshTokenTtlSeconds * 1000);
  const stored: NewRefreshToken = { id: ids.uuid(), tokenHash: await hashOpaqueToken(token), expiresAt, now };
  return { token, stored };
}

function signTokens(deps: Deps, userId: string, refreshToken: string) {
  const session = { userId, accessTokenId: deps.ids.uuid(), refreshToken };
  return toTokensResponse(getAuthServices(deps).accessTokens, session);
}

async function unlessBusy<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof GateFullError) throw new AppError("PASSWORD_CHECK_BUSY", { cause: error });
    throw error;
  }
}
