import { z } from "@hono/zod-openapi";
import { listSchema, responseSchema } from "../../foundation/http/pagination.ts";
import { timestampSchema, uuidSchema } from "../schemas.ts";
import { emailSchema, expirySchema, roleSchema } from "./schemas.ts";

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
