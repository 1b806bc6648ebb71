import type { Context } from "hono";
import { challengeHeaders } from "../../challenge.ts";
import type { AppEnv, Deps } from "../../deps.ts";
import { AppError } from "../../errors.ts";
import {
  createOpaqueToken,
  createPasswordHasher,
  hashOpaqueToken,
  type PasswordHasher,
} from "../../foundation/auth/index.ts";
import { withTx } from "../../foundation/db/index.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import { identityScope } from "../access/index.ts";
import { toBookResponse } from "../books/index.ts";
import { defineCredentialRoute } from "../define-route.ts";
import { createAccountRoutes } from "./account-routes.ts";
import { attemptLogIn, limitByAddress, networkOf } from "./auth-limits.ts";
import { getAuthServices } from "./auth-services.ts";
import { unlessBusy } from "./password-gate.ts";
import { toTokensResponse, toUserResponse } from "./responses.ts";
import {
  loginRequestSchema,
  loginSchema,
  refreshRequestSchema,
  registerRequestSchema,
  registrationSchema,
  tokensSchema,
} from "./schemas.ts";
import { checkPassword, findCredentials, logIn, registerUser } from "./service.ts";
import { endSessionOfToken, type NewRefreshToken, rotateRefreshToken, type SessionStart } from "./session-service.ts";
import { clipUserAgent } from "./user-agent.ts";

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
  middleware: [limitByAddress("registration")],
});

const loginRoute = defineCredentialRoute({
  method: "post",
  path: "/auth/login",
  operationId: "login",
  summary: "Log in",
  tags,
  body: loginRequestSchema,
  responses: { 200: { description: "The user and its tokens", schema: loginSchema } },
  errors: ["CREDENTIALS_INVALID", "LOGIN_LOCKED", "PASSWORD_CHECK_BUSY"],
  middleware: [limitByAddress("password")],
});

const refreshRoute = defineCredentialRoute({
  method: "post",
  path: "/auth/refresh",
  operationId: "refreshTokens",
  summary: "Exchange a refresh token for new tokens",
  description: "A refresh token is good for one exchange. A second one ends its session.",
  tags,
  body: refreshRequestSchema,
  responses: { 200: { description: "New tokens", schema: tokensSchema } },
  errors: ["REFRESH_TOKEN_INVALID"],
  middleware: [limitByAddress("refresh")],
});

const logoutRoute = defineCredentialRoute({
  method: "post",
  path: "/auth/logout",
  operationId: "logout",
  summary: "Log out: end the session of a refresh token",
  description: "Every token of the session ends at once, access tokens included. What is no token ends nothing.",
  tags,
  body: refreshRequestSchema,
  responses: { 204: { description: "The session has ended" } },
  errors: [],
});

export interface AuthRouteOptions {
  /** One for the application, as it bounds how many passwords are checked at once. */
  readonly passwords?: PasswordHasher;
}

/** `/auth/register`, `/auth/login`, `/auth/refresh`, `/auth/logout`, and {@link createAccountRoutes}. */
export function createAuthRoutes({ passwords = createPasswordHasher() }: AuthRouteOptions = {}) {
  const router = createRouter<AppEnv>();

  router.openapi(registerRoute, async (c) => {
    const { db, deps } = c.var;
    const { email, password, name = null } = c.req.valid("json");
    const passwordHash = await unlessBusy(passwords.hash(password));
    const { token, stored } = await makeRefreshToken(deps);
    const start = toStart(c, stored);
    const user = { id: deps.ids.uuid(), email, name, passwordHash, now: stored.now };
    const input = { user, book: { id: deps.ids.uuid(), name: firstBookName }, start };
    const made = await withTx(db, identityScope, (tx) => registerUser(tx, input));
    const tokens = await signTokens(deps, { userId: made.user.id, sessionId: start.session.id }, token);
    return c.json({ user: toUserResponse(made.user), book: toBookResponse(made.book), ...tokens }, 201);
  });

  router.openapi(loginRoute, async (c) => {
    const { db, deps } = c.var;
    const { email, password } = c.req.valid("json");
    const of = { email, network: networkOf(c.var), now: deps.clock.now() };
    const found = await withTx(db, identityScope, (tx) => findCredentials(tx, of), { readOnly: true });
    const attempt = { email, knownNetwork: found?.network_known ?? false };
    const login = await attemptLogIn(c, attempt, () => unlessBusy(checkPassword(passwords, { found, password })));
    const { token, stored } = await makeRefreshToken(deps);
    const start = toStart(c, stored);
    await withTx(db, identityScope, (tx) => logIn(tx, { login, start }));
    const tokens = await signTokens(deps, { userId: login.user.id, sessionId: start.session.id }, token);
    return c.json({ user: toUserResponse(login.user), ...tokens }, 200);
  });

  router.openapi(refreshRoute, async (c) => {
    const { db, deps } = c.var;
    const tokenHash = hashOpaqueToken(c.req.valid("json").refresh_token);
    const { token, stored } = await makeRefreshToken(deps);
    const outcome = await withTx(db, identityScope, (tx) => rotateRefreshToken(tx, { tokenHash, next: stored }));
    if (outcome.kind === "rotated") return c.json(await signTokens(deps, outcome, token), 200);
    if (outcome.kind === "reused") {
      deps.logger.warn("a refresh token was used twice: its session is ended", {
        user_id: outcome.userId,
        login_id: outcome.sessionId,
      });
    }
    throw new AppError("REFRESH_TOKEN_INVALID", { headers: challengeHeaders() });
  });

  router.openapi(logoutRoute, async (c) => {
    const { db, deps } = c.var;
    const now = deps.clock.now();
    const tokenHash = hashOpaqueToken(c.req.valid("json").refresh_token);
    await withTx(db, identityScope, (tx) => endSessionOfToken(tx, { tokenHash, now }));
    return c.body(null, 204);
  });

  router.route("/", createAccountRoutes(passwords));
  return router;
}

/** A refresh token, and what is stored of it. */
async function makeRefreshToken({ clock, config, ids }: Deps) {
  const token = createOpaqueToken();
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + config.auth.refreshTokenTtlSeconds * 1000);
  const stored: NewRefreshToken = { id: ids.uuid(), tokenHash: hashOpaqueToken(token), expiresAt, now };
  return { token, stored };
}

/** A session that begins with its refresh token. */
function toStart(c: Context<AppEnv>, refreshToken: NewRefreshToken): SessionStart {
  const { expiresAt, now } = refreshToken;
  const userAgent = clipUserAgent(c.req.header("user-agent"));
  const session = { id: c.var.deps.ids.uuid(), userAgent, network: networkOf(c.var), expiresAt, now };
  return { session, refreshToken };
}

function signTokens(
  deps: Deps,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
  refreshToken: string,
) {
  const session = { userId, sessionId, accessTokenId: deps.ids.uuid(), refreshToken };
  return toTokensResponse(getAuthServices(deps).accessTokens, session);
}
