import type { UserEnv } from "../../deps.ts";
import type { PasswordHasher } from "../../foundation/auth/index.ts";
import { withTx } from "../../foundation/db/index.ts";
import { pageQuery } from "../../foundation/http/pagination.ts";
import { createRouter } from "../../foundation/http/route-factory.ts";
import { peopleOnly } from "../access/index.ts";
import { noBookSchema } from "../book-write/index.ts";
import { readPage, toIdPage } from "../books/index.ts";
import { defineUserRoute } from "../define-route.ts";
import { attemptChange, limitByAddress, networkOf } from "./auth-limits.ts";
import { authenticate } from "./authenticate.ts";
import { unlessBusy } from "./password-gate.ts";
import { changePassword, findOwnCredentials, prepareChange } from "./password-service.ts";
import { toProfileResponse, toSessionResponse } from "./responses.ts";
import { passwordChangeRequestSchema, profileSchema, sessionListSchema, sessionParamsSchema } from "./schemas.ts";
import { getProfile } from "./service.ts";
import { endSession, endSessions, listSessions } from "./session-service.ts";

const tags = ["Authentication"];

const profileRoute = defineUserRoute({
  method: "get",
  path: "/auth/me",
  operationId: "getProfile",
  summary: "Who you are",
  tags,
  responses: { 200: { description: "The user, its books, and the API key in use", schema: profileSchema } },
  errors: [],
});

const changePasswordRoute = defineUserRoute(
  {
    method: "post",
    path: "/auth/password",
    operationId: "changePassword",
    summary: "Change your password",
    description:
      "Ends every other session at once. API keys stay, as programs depend on them, unless `revoke_api_keys` is true: " +
      "set it where somebody else may have known the password, as whoever did could have made a key.",
    tags,
    headers: noBookSchema,
    body: passwordChangeRequestSchema,
    responses: { 204: { description: "The password is changed" } },
    errors: ["PASSWORD_WRONG", "LOGIN_LOCKED", "PASSWORD_CHECK_BUSY"],
    middleware: [limitByAddress("password")],
  },
  peopleOnly,
);

const listSessionsRoute = defineUserRoute(
  {
    method: "get",
    path: "/auth/sessions",
    operationId: "listSessions",
    summary: "Your sessions that are open, oldest first",
    tags,
    query: pageQuery,
    responses: { 200: { description: "A page of sessions", schema: sessionListSchema } },
    errors: [],
  },
  peopleOnly,
);

const endSessionsRoute = defineUserRoute(
  {
    method: "delete",
    path: "/auth/sessions",
    operationId: "endSessions",
    summary: "Log out everywhere",
    description: "Ends all your sessions at once, this one included. API keys stay.",
    tags,
    headers: noBookSchema,
    responses: { 204: { description: "Every session has ended" } },
    errors: [],
  },
  peopleOnly,
);

const endSessionRoute = defineUserRoute(
  {
    method: "delete",
    path: "/auth/sessions/{session_id}",
    operationId: "endSession",
    summary: "End one of your sessions",
    description: "Its refresh token and its access tokens end at once.",
    tags,
    params: sessionParamsSchema,
    headers: noBookSchema,
    responses: { 204: { description: "The session has ended" } },
    errors: ["NOT_FOUND"],
  },
  peopleOnly,
);

/** What users do with their own account, behind authentication: `/auth/me`, `/auth/password`, `/auth/sessions`. */
export function createAccountRoutes(passwords: PasswordHasher) {
  const router = createRouter<UserEnv>();
  for (const path of ["/auth/me", "/auth/password", "/auth/sessions/*"]) router.use(path, authenticate());

  router.openapi(profileRoute, async (c) => {
    const { db, principal, scope } = c.var;
    const profile = await withTx(db, scope, (tx) => getProfile(tx, principal), { readOnly: true });
    return c.json(toProfileResponse(profile, principal), 200);
  });

  router.openapi(changePasswordRoute, async (c) => {
    const { db, deps, principal, scope } = c.var;
    const { password, new_password: newPassword, revoke_api_keys: revokeKeys } = c.req.valid("json");
    const { userId, sessionId } = principal;
    const found = await withTx(db, scope, (tx) => findOwnCredentials(tx, userId), { readOnly: true });
    const change = await attemptChange(c, () => unlessBusy(prepareChange(passwords, { found, password, newPassword })));
    const input = { sessionId, network: networkOf(c.var), revokeKeys, now: deps.clock.now() };
    await withTx(db, scope, (tx) => changePassword(tx, change, input));
    return c.body(null, 204);
  });

  router.openapi(listSessionsRoute, async (c) => {
    const { db, deps, principal, scope } = c.var;
    const { limit, cursor } = c.req.valid("query");
    const { userId, sessionId } = principal;
    const list = { purpose: "sessions", filters: { userId } };
    const page = readPage(list, { limit, cursor });
    const of = { userId, now: deps.clock.now() };
    const sessions = await withTx(db, scope, (tx) => listSessions(tx, of, page), { readOnly: true });
    return c.json(
      toIdPage(
        sessions,
        { limit, list },
        (session) => session.id,
        (session) => toSessionResponse(session, sessionId),
      ),
      200,
    );
  });

  router.openapi(endSessionsRoute, async (c) => {
    const { db, deps, principal, scope } = c.var;
    const input = { userId: principal.userId, exceptId: null, now: deps.clock.now() };
    await withTx(db, scope, (tx) => endSessions(tx, input));
    return c.body(null, 204);
  });

  router.openapi(endSessionRoute, async (c) => {
    const { db, deps, principal, scope } = c.var;
    const sessionId = c.req.valid("param").session_id;
    const input = { userId: principal.userId, sessionId, now: deps.clock.now() };
    await withTx(db, scope, (tx) => endSession(tx, input));
    return c.body(null, 204);
  });

  return router;
}
