CREATE TABLE "ledger"."account_balances" (
	"book_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"commodity" text NOT NULL,
	"debit" numeric NOT NULL,
	"credit" numeric NOT NULL,
	CONSTRAINT "account_balances_pkey" PRIMARY KEY("book_id","account_id","commodity")
);
--> statement-breakpoint
CREATE TABLE "ledger"."period_closes" (
	"book_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"closed_through" date NOT NULL,
	"closed_by" uuid NOT NULL,
	"closed_key_id" uuid,
	"closed_at" timestamp with time zone NOT NULL,
	"close_request_id" text NOT NULL,
	"close_trace_id" text NOT NULL,
	"knowledge" "pg_snapshot" NOT NULL,
	"closing_entry_ids" uuid[] NOT NULL,
	"reopened_by" uuid,
	"reopened_at" timestamp with time zone,
	"reopen_request_id" text,
	"reopen_trace_id" text,
	"reopen_knowledge" "pg_snapshot",
	"reopen_reason" text,
	CONSTRAINT "period_closes_pkey" PRIMARY KEY("book_id","id"),
	CONSTRAINT "period_closes_reopen_check" CHECK (num_nulls("ledger"."period_closes"."reopened_by", "ledger"."period_closes"."reopened_at", "ledger"."period_closes"."reopen_request_id", "ledger"."period_closes"."reopen_trace_id", "ledger"."period_closes"."reopen_knowledge", "ledger"."period_closes"."reopen_reason") in (0, 6))
);
--> statement-breakpoint
CREATE TABLE "ledger"."price_versions" (
	"book_id" uuid NOT NULL,
	"commodity" text NOT NULL,
	"quote" text NOT NULL,
	"date" date NOT NULL,
	"version" integer NOT NULL,
	"recorded_xid" "xid8" NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"price" numeric,
	"source" text,
	CONSTRAINT "price_versions_pkey" PRIMARY KEY("book_id","commodity","quote","date","version")
);
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ADD COLUMN "closing" boolean DEFAULT false NOT NULL;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ADD COLUMN "voids_id" uuid;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ADD COLUMN "void_reason" text;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ADD COLUMN "voided_by_id" uuid;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ADD COLUMN "recorded_by" uuid;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ADD COLUMN "recorded_key_id" uuid;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ADD COLUMN "recorded_at" timestamp with time zone;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ADD COLUMN "recorded_xid" "xid8";
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ADD COLUMN "request_id" text;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ADD COLUMN "trace_id" text;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ADD COLUMN "seal" "bytea";
--> statement-breakpoint
ALTER TABLE "ledger"."lines" ADD COLUMN "price_source" text;
--> statement-breakpoint
-- What was posted before keeps its time and user; its request and transaction were not recorded. 3 is the id of what was
-- committed before every snapshot. Row-level security would hide all of it from the owner.
ALTER TABLE ledger.journal_entries NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE ledger.lines NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
UPDATE ledger.journal_entries SET
  recorded_by = created_by, recorded_at = coalesce(posted_at, created_at), recorded_xid = '3', request_id = 'unrecorded',
  trace_id = repeat('0', 32);
--> statement-breakpoint
SET CONSTRAINTS ALL IMMEDIATE;
--> statement-breakpoint
ALTER TABLE ledger.journal_entries FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE ledger.lines FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ALTER COLUMN "closing" DROP DEFAULT;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ALTER COLUMN "recorded_by" SET NOT NULL;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ALTER COLUMN "recorded_at" SET NOT NULL;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ALTER COLUMN "recorded_xid" SET NOT NULL;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ALTER COLUMN "request_id" SET NOT NULL;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ALTER COLUMN "trace_id" SET NOT NULL;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" DROP COLUMN "posted_at";
--> statement-breakpoint
ALTER TABLE "ledger"."account_balances" ADD CONSTRAINT "account_balances_account_fkey" FOREIGN KEY ("book_id","account_id") REFERENCES "ledger"."accounts"("book_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "period_closes_standing_idx" ON "ledger"."period_closes" USING btree ("book_id","closed_through") WHERE reopened_at is null;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ADD CONSTRAINT "journal_entries_voids_fkey" FOREIGN KEY ("book_id","voids_id") REFERENCES "ledger"."journal_entries"("book_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "journal_entries_recorded_at_idx" ON "ledger"."journal_entries" USING btree ("book_id","recorded_at") WHERE seal is not null;
--> statement-breakpoint
CREATE INDEX "journal_entries_recorded_xid_idx" ON "ledger"."journal_entries" USING btree ("book_id","recorded_xid") WHERE seal is not null;
--> statement-breakpoint
CREATE INDEX "journal_entries_closing_idx" ON "ledger"."journal_entries" USING btree ("book_id","date") WHERE closing and seal is not null;
--> statement-breakpoint
CREATE UNIQUE INDEX "journal_entries_voids_key" ON "ledger"."journal_entries" USING btree ("book_id","voids_id") WHERE voids_id is not null;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ADD CONSTRAINT "journal_entries_voided_check" CHECK (("ledger"."journal_entries"."status" = 'voided') = ("ledger"."journal_entries"."voided_by_id" is not null));
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ADD CONSTRAINT "journal_entries_voids_check" CHECK (("ledger"."journal_entries"."voids_id" is null) = ("ledger"."journal_entries"."void_reason" is null));
--> statement-breakpoint
ALTER TABLE "ledger"."lines" ADD CONSTRAINT "lines_price_source_check" CHECK ("ledger"."lines"."price_source" is null or "ledger"."lines"."price_amount" is not null);
