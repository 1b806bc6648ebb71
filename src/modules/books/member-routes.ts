import type { OpenAPIHono } from "@hono/zod-openapi";
import type { BookEnv } from "../../deps.ts";
import { type Tx, withTx } from "../../foundation/db/index.ts";
import { pageQuery } from "../../foundation/http/pagination.ts";
import { bookScopeOf, membersOnly, ownersOnly } from "../access/index.ts";
import { writeToBook } from "../book-write/index.ts";
import { defineBookRoute, defineBookWriteRoute } from "../define-route.ts";
import { addMember, changeMemberRole, listMembers, removeMember } from "./member-service.ts";
import { readPage, toIdPage, toMemberResponse } from "./responses.ts";
import {
  bookParamsSchema,
  memberChangeRequestSchema,
  memberListSchema,
  memberParamsSchema,
  memberRequestSchema,
  memberSchema,
} from "./schemas.ts";

const tags = ["Members"];

const listMembersRoute = defineBookRoute(
  {
    method: "get",
    path: "/books/{book_id}/members",
    operationId: "listMembers",
    summary: "A book's members",
    description: "Not open to API keys.",
    tags,
    params: bookParamsSchema,
    query: pageQuery,
    responses: { 200: { description: "A page of members", schema: memberListSchema } },
    errors: [],
  },
  membersOnly,
);

const addMemberRoute = defineBookWriteRoute(
  {
    method: "post",
    path: "/books/{book_id}/members",
    operationId: "addMember",
    summary: "Share a book with a registered user",
    description: "For owners.",
    tags,
    params: bookParamsSchema,
    body: memberRequestSchema,
    responses: { 201: { description: "The member", schema: memberSchema } },
    errors: ["MEMBER_EXISTS"],
  },
  ownersOnly,
);

const changeMemberRoute = defineBookWriteRoute(
  {
    method: "patch",
    path: "/books/{book_id}/members/{user_id}",
    operationId: "changeMemberRole",
    summary: "Change a member's role",
    description: "For owners.",
    tags,
    params: memberParamsSchema,
    body: memberChangeRequestSchema,
    responses: { 200: { description: "The member", schema: memberSchema } },
    errors: ["LAST_OWNER"],
  },
  ownersOnly,
);

const removeMemberRoute = defineBookWriteRoute(
  {
    method: "delete",
    path: "/books/{book_id}/members/{user_id}",
    operationId: "removeMember",
    summary: "Remove a member, or leave a book",
    description: "Owners remove anybody, a member may leave. The user's API keys of this book are revoked.",
    tags,
    params: memberParamsSchema,
    responses: { 204: { description: "The membership has ended" } },
    errors: ["LAST_OWNER"],
  },
  ownersOnly,
);

export function registerMemberRoutes(router: OpenAPIHono<BookEnv>): void {
  router.openapi(listMembersRoute, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const bookId = c.req.valid("param").book_id.toLowerCase();
    const list = { purpose: "members", filters: { bookId } };
    const page = readPage(list, { limit, cursor });
    const members = await withTx(c.var.db, c.var.scope, (tx) => listMembers(tx, bookId, page), {
      readOnly: true,
    });
    return c.json(
      toIdPage(members, { limit, list }, (member) => member.user_id, toMemberResponse),
      200,
    );
  });

  router.openapi(addMemberRoute, async (c) => {
    const { deps } = c.var;
    const input = { ...c.req.valid("json"), bookId: c.req.valid("param").book_id, now: deps.clock.now() };
    const run = async (tx: Tx) => toMemberResponse(await addMember(tx, input));
    return c.json(await writeToBook(c, { status: 201, run }), 201);
  });

  router.openapi(changeMemberRoute, async (c) => {
    const { book_id: bookId, user_id: userId } = c.req.valid("param");
    const { role } = c.req.valid("json");
    const input = { bookId, userId, role, now: c.var.deps.clock.now() };
    const run = async (tx: Tx) => toMemberResponse(await changeMemberRole(tx, input));
    return c.json(await writeToBook(c, { status: 200, run }), 200);
  });

  router.openapi(removeMemberRoute, async (c) => {
    const { deps, principal } = c.var;
    const { book_id: bookId, user_id: userId } = c.req.valid("param");
    const leaves = userId.toLowerCase() === principal.userId;
    const input = { bookId, userId, now: deps.clock.now() };
    const scope = leaves ? bookScopeOf(c, membersOnly) : c.var.scope;
    await writeToBook(c, { status: 204, scope, run: (tx) => removeMember(tx, input) });
    return c.body(null, 204);
  });
}
