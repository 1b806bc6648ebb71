CREATE SCHEMA "identity";
--> statement-breakpoint
CREATE SCHEMA "ledger";
--> statement-breakpoint
CREATE TABLE "ledger"."accounts" (
	"book_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"path" text NOT NULL,
	"type" text NOT NULL,
	"code" text,
	"commodities" text[],
	"description" text,
	"active" boolean DEFAULT true NOT NULL,
	"opened_on" date,
	"closed_on" date,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "accounts_pkey" PRIMARY KEY("book_id","id"),
	CONSTRAINT "accounts_path_key" UNIQUE("book_id","path"),
	CONSTRAINT "accounts_code_key" UNIQUE("book_id","code"),
	CONSTRAINT "accounts_type_check" CHECK ("ledger"."accounts"."type" in ('asset', 'liability', 'equity', 'income', 'expense')),
	CONSTRAINT "accounts_dates_check" CHECK ("ledger"."accounts"."opened_on" <= "ledger"."accounts"."closed_on")
);
--> statement-breakpoint
CREATE TABLE "identity"."api_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"book_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"key_hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"expires_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "api_keys_key_hash_key" UNIQUE("key_hash")
);
--> statement-breakpoint
CREATE TABLE "identity"."books" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger"."commodities" (
	"book_id" uuid NOT NULL,
	"code" text NOT NULL,
	"name" text,
	"places" smallint NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "commodities_pkey" PRIMARY KEY("book_id","code"),
	CONSTRAINT "commodities_places_check" CHECK ("ledger"."commodities"."places" between 0 and 18)
);
--> statement-breakpoint
CREATE TABLE "ledger"."daily_totals" (
	"book_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"commodity" text NOT NULL,
	"weight_commodity" text NOT NULL,
	"date" date NOT NULL,
	"debit" numeric NOT NULL,
	"credit" numeric NOT NULL,
	"weight_debit" numeric NOT NULL,
	"weight_credit" numeric NOT NULL,
	CONSTRAINT "daily_totals_pkey" PRIMARY KEY("book_id","account_id","commodity","weight_commodity","date")
);
--> statement-breakpoint
CREATE TABLE "ledger"."journal_entries" (
	"book_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"status" text NOT NULL,
	"date" date NOT NULL,
	"memo" text,
	"payee" text,
	"tags" text[] NOT NULL,
	"links" text[] NOT NULL,
	"metadata" jsonb NOT NULL,
	"source" text,
	"created_by" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"posted_at" timestamp with time zone,
	CONSTRAINT "journal_entries_pkey" PRIMARY KEY("book_id","id"),
	CONSTRAINT "journal_entries_status_check" CHECK ("ledger"."journal_entries"."status" in ('draft', 'posted', 'voided'))
);
--> statement-breakpoint
CREATE TABLE "ledger"."lines" (
	"book_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"position" smallint NOT NULL,
	"account_id" uuid NOT NULL,
	"date" date NOT NULL,
	"side" text NOT NULL,
	"amount" numeric NOT NULL,
	"commodity" text NOT NULL,
	"price_amount" numeric,
	"price_commodity" text,
	"weight" numeric NOT NULL,
	"weight_commodity" text NOT NULL,
	"memo" text,
	"metadata" jsonb NOT NULL,
	"rounding" boolean NOT NULL,
	CONSTRAINT "lines_pkey" PRIMARY KEY("book_id","entry_id","position"),
	CONSTRAINT "lines_side_check" CHECK ("ledger"."lines"."side" in ('debit', 'credit')),
	CONSTRAINT "lines_amount_check" CHECK ("ledger"."lines"."amount" >= 0),
	CONSTRAINT "lines_price_check" CHECK (("ledger"."lines"."price_amount" is null) = ("ledger"."lines"."price_commodity" is null)),
	CONSTRAINT "lines_weight_check" CHECK ("ledger"."lines"."weight" = "ledger"."lines"."amount" * coalesce("ledger"."lines"."price_amount", 1) and "ledger"."lines"."weight_commodity" = coalesce("ledger"."lines"."price_commodity", "ledger"."lines"."commodity"))
);
--> statement-breakpoint
CREATE TABLE "identity"."memberships" (
	"book_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "memberships_book_id_user_id_pk" PRIMARY KEY("book_id","user_id"),
	CONSTRAINT "memberships_role_check" CHECK ("identity"."memberships"."role" in ('owner', 'editor', 'viewer'))
);
--> statement-breakpoint
CREATE TABLE "ledger"."prices" (
	"book_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"commodity" text NOT NULL,
	"quote" text NOT NULL,
	"date" date NOT NULL,
	"price" numeric NOT NULL,
	"source" text,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "prices_pkey" PRIMARY KEY("book_id","id"),
	CONSTRAINT "prices_fact_key" UNIQUE("book_id","commodity","quote","date"),
	CONSTRAINT "prices_price_check" CHECK ("ledger"."prices"."price" > 0),
	CONSTRAINT "prices_pair_check" CHECK ("ledger"."prices"."commodity" <> "ledger"."prices"."quote")
);
--> statement-breakpoint
CREATE TABLE "identity"."refresh_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"family_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "refresh_tokens_token_hash_key" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "identity"."users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text,
	"password_hash" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "users_email_key" UNIQUE("email")
);
--> statement-breakpoint
ALTER TABLE "identity"."api_keys" ADD CONSTRAINT "api_keys_book_id_books_id_fk" FOREIGN KEY ("book_id") REFERENCES "identity"."books"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."api_keys" ADD CONSTRAINT "api_keys_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger"."daily_totals" ADD CONSTRAINT "daily_totals_account_fkey" FOREIGN KEY ("book_id","account_id") REFERENCES "ledger"."accounts"("book_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger"."lines" ADD CONSTRAINT "lines_entry_fkey" FOREIGN KEY ("book_id","entry_id") REFERENCES "ledger"."journal_entries"("book_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger"."lines" ADD CONSTRAINT "lines_account_fkey" FOREIGN KEY ("book_id","account_id") REFERENCES "ledger"."accounts"("book_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."memberships" ADD CONSTRAINT "memberships_book_id_books_id_fk" FOREIGN KEY ("book_id") REFERENCES "identity"."books"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."memberships" ADD CONSTRAINT "memberships_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."refresh_tokens" ADD CONSTRAINT "refresh_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_keys_book_idx" ON "identity"."api_keys" USING btree ("book_id");--> statement-breakpoint
CREATE INDEX "journal_entries_date_idx" ON "ledger"."journal_entries" USING btree ("book_id","date" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "lines_account_idx" ON "ledger"."lines" USING btree ("book_id","account_id","date","entry_id","position");--> statement-breakpoint
CREATE INDEX "memberships_user_idx" ON "identity"."memberships" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "refresh_tokens_family_idx" ON "identity"."refresh_tokens" USING btree ("family_id");--> statement-breakpoint
CREATE INDEX "refresh_tokens_expires_idx" ON "identity"."refresh_tokens" USING btree ("expires_at");