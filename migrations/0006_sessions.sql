CREATE TABLE "identity"."invitations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"book_id" uuid NOT NULL,
	"email" text NOT NULL,
	"role" text NOT NULL,
	"token_hash" text NOT NULL,
	"invited_by" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"accepted_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "invitations_token_hash_key" UNIQUE("token_hash"),
	CONSTRAINT "invitations_role_check" CHECK ("identity"."invitations"."role" in ('owner', 'editor', 'viewer')),
	CONSTRAINT "invitations_end_check" CHECK ("identity"."invitations"."accepted_at" is null or "identity"."invitations"."revoked_at" is null)
);
--> statement-breakpoint
CREATE TABLE "identity"."sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"user_agent" text,
	"last_used_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
-- A session was a family of refresh tokens so far. What client began it was not kept. Access tokens of before name no session,
-- and are refused: their holders refresh.
INSERT INTO identity.sessions (id, user_id, last_used_at, expires_at, revoked_at, created_at)
SELECT family_id, user_id, max(created_at), max(expires_at), max(revoked_at), min(created_at)
FROM identity.refresh_tokens
GROUP BY family_id, user_id;
--> statement-breakpoint
ALTER TABLE "identity"."refresh_tokens" DROP CONSTRAINT "refresh_tokens_user_id_users_id_fk";
--> statement-breakpoint
DROP INDEX "identity"."refresh_tokens_family_idx";--> statement-breakpoint
DROP INDEX "identity"."refresh_tokens_expires_idx";--> statement-breakpoint
ALTER TABLE "identity"."refresh_tokens" RENAME COLUMN "family_id" TO "session_id";--> statement-breakpoint
ALTER TABLE "identity"."users" ADD COLUMN "password_version" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "identity"."invitations" ADD CONSTRAINT "invitations_book_id_books_id_fk" FOREIGN KEY ("book_id") REFERENCES "identity"."books"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."invitations" ADD CONSTRAINT "invitations_invited_by_users_id_fk" FOREIGN KEY ("invited_by") REFERENCES "identity"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_keys_user_idx" ON "identity"."api_keys" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "invitations_book_idx" ON "identity"."invitations" USING btree ("book_id");--> statement-breakpoint
CREATE INDEX "sessions_user_idx" ON "identity"."sessions" USING btree ("user_id");--> statement-breakpoint
ALTER TABLE "identity"."refresh_tokens" ADD CONSTRAINT "refresh_tokens_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "identity"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "refresh_tokens_session_idx" ON "identity"."refresh_tokens" USING btree ("session_id");--> statement-breakpoint
ALTER TABLE "identity"."refresh_tokens" DROP COLUMN "user_id";--> statement-breakpoint
ALTER TABLE "identity"."refresh_tokens" DROP COLUMN "revoked_at";
--> statement-breakpoint
-- Called as a transaction opens: refuses a session that was ended (FT401), so that its access tokens end with it.
CREATE FUNCTION identity.enter_session(p_user_id uuid, p_session_id uuid) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM FROM identity.sessions WHERE id = p_session_id AND user_id = p_user_id AND revoked_at IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the session has ended' USING ERRCODE = 'FT401';
  END IF;
END
$$;
--> statement-breakpoint
-- identity.enter_book for a user with a session.
CREATE FUNCTION identity.enter_book(p_user_id uuid, p_book_id uuid, p_role text, p_session_id uuid) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM identity.enter_session(p_user_id, p_session_id);
  RETURN identity.enter_book(p_user_id, p_book_id, p_role);
END
$$;
