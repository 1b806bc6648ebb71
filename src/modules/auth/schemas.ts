import { z } from "@hono/zod-openapi";
import { findPasswordFault, passwordLengthMax, passwordLengthMin } from "../../foundation/auth/index.ts";
import { listSchema, responseSchema } from "../../foundation/http/pagination.ts";
import { bookSchema, emailSchema, keyScopeSchema } from "../books/index.ts";
import { textSchema, timestampSchema, uuidSchema } from "../schemas.ts";

const passwordExample = "correct horse battery staple";

/** A password to be: its bounds are counted in characters, not in UTF-16 units. */
const newPasswordSchema = z
  .string()
  .max(1024)
  .superRefine((password, context) => {
    const fault = findPasswordFault(password);
    if (fault !== null) context.addIssue({ code: "custom", message: fault });
  })
  .openapi({
    format: "password",
    minLength: passwordLengthMin,
    maxLength: passwordLengthMax,
    example: passwordExample,
  });

export const registerRequestSchema = z.strictObject({
  email: emailSchema,
  password: newPasswordSchema,
  name: textSchema({ lengthMax: 200 }).optional().openapi({ example: "Ada" }),
});

const presentPasswordSchema = z.string().min(1).max(1024).openapi({ format: "password", example: passwordExample });

export const loginRequestSchema = z.strictObject({
  email: emailSchema,
  password: presentPasswordSchema,
});

export const refreshRequestSchema = z.strictObject({ refresh_token: z.string().min(1).max(256) });

export const passwordChangeRequestSchema = z.strictObject({
  password: presentPasswordSchema.openapi({ description: "The present one." }),
  new_password: newPasswordSchema,
  revoke_api_keys: z.boolean().default(false).openapi({ description: "Revokes your API keys of every book as well." }),
});

export const sessionParamsSchema = z.strictObject({ session_id: uuidSchema });

export const sessionSchema = responseSchema({
  id: uuidSchema,
  user_agent: z
    .string()
    .nullable()
    .openapi({ description: "What the client that logged in said of itself, its first 200 characters." }),
  current: z.boolean().openapi({ description: "Whether it is the one that asks." }),
  created_at: timestampSchema,
  last_used_at: timestampSchema.openapi({
    description: "The log-in or the latest refresh; access tokens write nothing.",
  }),
  expires_at: timestampSchema.openapi({ description: "When it ends unless it is refreshed." }),
}).openapi("Session");
export const sessionListSchema = listSchema(sessionSchema).openapi("SessionList");

export const userSchema = responseSchema({
  id: uuidSchema,
  email: z.string(),
  name: z.string().nullable(),
  created_at: timestampSchema,
}).openapi("User");

const tokenShape = {
  access_token: z.string().openapi({ description: "Send it as Authorization: Bearer." }),
  token_type: z.literal("Bearer"),
  expires_in: z.int().openapi({ description: "Seconds until the access token expires." }),
  refresh_token: z.string().openapi({ description: "Good for one refresh; a second use ends the session." }),
};

export const registrationSchema = responseSchema({ user: userSchema, book: bookSchema, ...tokenShape }).openapi(
  "Registration",
);
export const loginSchema = responseSchema({ user: userSchema, ...tokenShape }).openapi("Login");
export const tokensSchema = responseSchema(tokenShape).openapi("Tokens");

export const profileSchema = responseSchema({
  user: userSchema,
  books: z.array(bookSchema).openapi({ description: "The first 200; GET /books has them all." }),
  api_key: responseSchema({
    id: uuidSchema,
    name: z.string(),
    scopes: z.array(keyScopeSchema),
    book_id: uuidSchema,
  }).nullable(),
}).openapi("Profile");
