import type { OpenAPIHono } from "@hono/zod-openapi";
import type { BookEnv } from "../../deps.ts";
import { hashOpaqueToken } from "../../foundation/auth/index.ts";
import { type Tx, withTx } from "../../foundation/db/index.ts";
import { pageQuery } from "../../foundation/http/pagination.ts";
import { ownersOnly, peopleOnly } from "../access/index.ts";
import { noBookSchema, writeToBook } from "../book-write/index.ts";
import { defineBookCredentialRoute, defineBookRoute, defineBookWriteRoute, defineUserRoute } from "../define-route.ts";
import { expiryOf } from "./expiry.ts";
import {
  acceptInvitation,
  createInvitation,
  listInvitations,
  makeInvitationToken,
  revokeInvitation,
} from "./invitation-service.ts";
import { readPage, toBookResponse, toIdPage, toInvitationResponse } from "./responses.ts";
import {
  acceptanceRequestSchema,
  bookParamsSchema,
  bookSchema,
  invitationDaysDefault,
  invitationDaysMax,
  invitationListSchema,
  invitationParamsSchema,
  invitationRequestSchema,
  newInvitationSchema,
} from "./schemas.ts";

const tags = ["Invitations"];

const listInvitationsRoute = defineBookRoute(
  {
    method: "get",
    path: "/books/{book_id}/invitations",
    operationId: "listInvitations",
    summary: "A book's invitations, whatever became of them",
    description: "For owners.",
    tags,
    params: bookParamsSchema,
    query: pageQuery,
    responses: { 200: { description: "A page of invitations", schema: invitationListSchema } },
    errors: [],
  },
  ownersOnly,
);

const createInvitationRoute = defineBookCredentialRoute(
  {
    method: "post",
    path: "/books/{book_id}/invitations",
    operationId: "createInvitation",
    summary: "Invite an address to a book, whether or not it is registered",
    description:
      "For owners. The answer has a token, once; no mail is sent, so hand it to whom you invite. It is good for one " +
      "acceptance, by a user of that address. Inviting an address again revokes the invitation before.",
    tags,
    params: bookParamsSchema,
    body: invitationRequestSchema,
    responses: { 201: { description: "The invitation and its token", schema: newInvitationSchema } },
    errors: ["MEMBER_EXISTS"],
  },
  ownersOnly,
);

const revokeInvitationRoute = defineBookWriteRoute(
  {
    method: "delete",
    path: "/books/{book_id}/invitations/{invitation_id}",
    operationId: "revokeInvitation",
    summary: "Revoke an invitation",
    description: "For owners. What was accepted is not revoked: remove the member.",
    tags,
    params: invitationParamsSchema,
    responses: { 204: { description: "The invitation is revoked" } },
    errors: ["INVITATION_USED"],
  },
  ownersOnly,
);

const acceptInvitationRoute = defineUserRoute(
  {
    method: "post",
    path: "/invitations/accept",
    operationId: "acceptInvitation",
    summary: "Accept an invitation, and join its book",
    description:
      "For users of the address that was invited. Sent again by who has accepted and is still a member, it is answered " +
      "as the first time.",
    tags,
    headers: noBookSchema,
    body: acceptanceRequestSchema,
    responses: { 200: { description: "The book, with your role there", schema: bookSchema } },
    errors: [
      "INVITATION_NOT_YOURS",
      "NOT_FOUND",
      "INVITATION_USED",
      "INVITATION_REVOKED",
      "INVITATION_EXPIRED",
      "MEMBER_EXISTS",
    ],
  },
  peopleOnly,
);

export function registerInvitationRoutes(router: OpenAPIHono<BookEnv>): void {
  router.openapi(listInvitationsRoute, async (c) => {
    const { db, deps, scope } = c.var;
    const { limit, cursor } = c.req.valid("query");
    const bookId = c.req.valid("param").book_id;
    const list = { purpose: "invitations", filters: { bookId } };
    const page = readPage(list, { limit, cursor });
    const invitations = await withTx(db, scope, (tx) => listInvitations(tx, bookId, page), { readOnly: true });
    const now = deps.clock.now();
    return c.json(
      toIdPage(
        invitations,
        { limit, list },
        (invitation) => invitation.id,
        (invitation) => toInvitationResponse(invitation, now),
      ),
      200,
    );
  });

  router.openapi(createInvitationRoute, async (c) => {
    const { db, deps, principal, scope } = c.var;
    const { email, role, expires_at } = c.req.valid("json");
    const now = deps.clock.now();
    const expiresAt = expiryOf(expires_at, { now, daysDefault: invitationDaysDefault, daysMax: invitationDaysMax });
    const { token, tokenHash } = await makeInvitationToken();
    const bookId = c.req.valid("param").book_id;
    const invitedBy = principal.userId;
    const made = { id: deps.ids.uuid(), bookId, email, role, tokenHash, invitedBy, expiresAt, now };
    const row = await withTx(db, scope, (tx) => createInvitation(tx, made));
    return c.json({ ...toInvitationResponse(row, now), token }, 201);
  });

  router.openapi(revokeInvitationRoute, async (c) => {
    const { book_id: bookId, invitation_id: invitationId } = c.req.valid("param");
    const input = { bookId, invitationId, now: c.var.deps.clock.now() };
    await writeToBook(c, { status: 204, run: (tx: Tx) => revokeInvitation(tx, input) });
    return c.body(null, 204);
  });

  router.openapi(acceptInvitationRoute, async (c) => {
    const { db, deps, principal, scope } = c.var;
    const tokenHash = hashOpaqueToken(c.req.valid("json").token);
    const input = { tokenHash, userId: principal.userId, now: deps.clock.now() };
    const book = await withTx(db, scope, (tx) => acceptInvitation(tx, input));
    return c.json(toBookResponse(book), 200);
  });
}
