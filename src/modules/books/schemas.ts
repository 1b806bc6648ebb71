import { z } from "@hono/zod-openapi";
import { listSchema, responseSchema } from "../../foundation/http/pagination.ts";
import { keyScopes, roles } from "../access/index.ts";
import { textSchema, timestampSchema, uuidSchema } from "../schemas.ts";

export const roleSchema = z
  .enum(roles)
  .openapi({ description: "A viewer reads, an editor also posts, an owner also manages members and keys." });

/** In lower case: addresses that differ in case alone are one. */
export const emailSchema = z
  .email({ error: "must be an email address" })
  .max(254)
  .toLowerCase()
  .openapi({ example: "ada@example.com" });

export const bookParamsSchema = z.strictObject({ book_id: uuidSchema });
export const memberParamsSchema = z.strictObject({ book_id: uuidSchema, user_id: uuidSchema });
export const apiKeyParamsSchema = z.strictObject({ book_id: uuidSchema, key_id: uuidSchema });

export const bookRequestSchema = z.strictObject({
  name: textSchema({ lengthMax: 200 }).openapi({ example: "Personal" }),
});

export const bookSchema = responseSchema({
  id: uuidSchema,
  name: z.string(),
  role: roleSchema,
  created_at: timestampSchema,
}).openapi("Book");
export const bookListSchema = listSchema(bookSchema).openapi("BookList");

export const memberRequestSchema = z.strictObject({ email: emailSchema, role: roleSchema });
export const memberChangeRequestSchema = z.strictObject({ role: roleSchema });

export const memberSchema = responseSchema({
  user_id: uuidSchema,
  email: z.string(),
  name: z.string().nullable(),
  role: roleSchema,
  created_at: timestampSchema,
}).openapi("Member");
export const memberListSchema = listSchema(memberSchema).openapi("MemberList");

export const keyScopeSchema = z.enum(keyScopes);

export const expirySchema = z.iso
  .datetime({ offset: true, error: "must be a date and time with its offset, such as 2027-01-31T12:00:00Z" })
  .refine((text) => Date.parse(text) < Date.UTC(10_000, 0), { error: "must be before the year 10000" });

export const apiKeyRequestSchema = z.strictObject({
  name: textSchema({ lengthMax: 100 }).openapi({ example: "import" }),
  scopes: z
    .array(keyScopeSchema)
    .min(1)
    .max(2)
    .refine((scopes) => new Set(scopes).size === scopes.length, { error: "must not repeat a scope" })
    .openapi({ description: "`read` for GET, `write` for everything else.", example: ["read", "write"] }),
  expires_at: expirySchema
    .optional()
    .openapi({ description: "In the future. Without it the key does not expire.", example: "2027-01-31T12:00:00Z" }),
});

const apiKeyShape = {
  id: uuidSchema,
  name: z.string(),
  prefix: z
    .string()
    .openapi({ description: "The key's first characters, to tell keys apart.", example: "ftg_4cX9d0aB" }),
  scopes: z.array(keyScopeSchema),
  expires_at: timestampSchema.nullable(),
  last_used_at: timestampSchema.nullable().openapi({ description: "Written some seconds after the use." }),
  created_at: timestampSchema,
  revoked_at: timestampSchema.nullable(),
};
export const apiKeySchema = responseSchema(apiKeyShape).openapi("ApiKey");
export const apiKeyListSchema = listSchema(apiKeySchema).openapi("ApiKeyList");
export const newApiKeySchema = responseSchema({
  ...apiKeyShape,
  key: z.string().openapi({ description: "The key itself; shown here and never again." }),
}).openapi("NewApiKey");

export const invitationDaysDefault = 7;
export const invitationDaysMax = 30;

export const invitationParamsSchema = z.strictObject({ book_id: uuidSchema, invitation_id: uuidSchema });

export const invitationRequestSchema = z.strictObject({
  email: emailSchema.openapi({ example: "grace@example.com" }),
  role: roleSchema,
  expires_at: expirySchema.optional().openapi({
    description: `In the future, at most ${invitationDaysMax} days ahead. Absent: in ${invitationDaysDefault} days.`,
  }),
});

const invitationShape = {
  id: uuidSchema,
  email: z.string(),
  role: roleSchema,
  status: z.enum(["open", "accepted", "revoked", "expired"]),
  invited_by: uuidSchema.openapi({ description: "The owner who made it." }),
  expires_at: timestampSchema,
  accepted_at: timestampSchema.nullable(),
  revoked_at: timestampSchema.nullable(),
  created_at: timestampSchema,
};
export const invitationSchema = responseSchema(invitationShape).openapi("Invitation");
export const invitationListSchema = listSchema(invitationSchema).openapi("InvitationList");
export const newInvitationSchema = responseSchema({
  ...invitationShape,
  token: z.string().openapi({
    description: "What accepts it; shown here and never again. No mail is sent: hand it to whom you invite.",
  }),
}).openapi("NewInvitation");

export const acceptanceRequestSchema = z.strictObject({
  token: z.string().min(1).max(256).openapi({ example: "fti_4cX9d0aBq3nE7mKpT2vYwZs8LhRjUoGfCiDx5N1bQeM" }),
});

/** Where a page of any of these lists ended. */
export const idCursorSchema = z.tuple([uuidSchema]);
