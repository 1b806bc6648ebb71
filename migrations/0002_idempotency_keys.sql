CREATE TABLE "ledger"."idempotency_keys" (
	"book_id" uuid NOT NULL,
	"principal_id" uuid NOT NULL,
	"key" text NOT NULL,
	"route" text NOT NULL,
	"body_hash" text NOT NULL,
	"status" smallint,
	"body" text,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY("book_id","principal_id","key")
);
--> statement-breakpoint
CREATE INDEX "idempotency_keys_created_idx" ON "ledger"."idempotency_keys" USING btree ("book_id","created_at");--> statement-breakpoint
ALTER TABLE ledger.idempotency_keys ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE ledger.idempotency_keys FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY book ON ledger.idempotency_keys USING (book_id = nullif(current_setting('footing.book_id', true), '')::uuid);
