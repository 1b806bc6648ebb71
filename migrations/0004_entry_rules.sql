-- The primary key was made newest, and has to be again (0001 says why).
ALTER TABLE ledger.lines DROP CONSTRAINT lines_entry_fkey;
--> statement-breakpoint
ALTER TABLE ledger.journal_entries
  DROP CONSTRAINT journal_entries_voids_fkey,
  DROP CONSTRAINT journal_entries_pkey,
  ADD CONSTRAINT journal_entries_pkey PRIMARY KEY (book_id, id),
  ADD CONSTRAINT journal_entries_voids_fkey FOREIGN KEY (book_id, voids_id) REFERENCES ledger.journal_entries (book_id, id);
--> statement-breakpoint
ALTER TABLE ledger.lines
  ADD CONSTRAINT lines_entry_fkey FOREIGN KEY (book_id, entry_id) REFERENCES ledger.journal_entries (book_id, id)
    ON DELETE CASCADE;
--> statement-breakpoint
-- What a posted entry says, as a digest: its lines, and its header without what voiding it and moving to another cluster
-- change.
CREATE FUNCTION ledger.seal(e ledger.journal_entries, p_lines ledger.lines[]) RETURNS bytea
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN sha256(convert_to(jsonb_build_array(
    e.id, e.date, e.memo, e.payee, e.tags, e.links, e.metadata, e.source, e.closing, e.voids_id, e.void_reason, e.created_by,
    extract(epoch FROM e.created_at)::text, e.recorded_by, e.recorded_key_id, extract(epoch FROM e.recorded_at)::text,
    e.request_id, e.trace_id,
    (SELECT jsonb_agg(jsonb_build_array(
        l."position", l.account_id, l.date, l.side, l.amount::text, l.commodity, l.price_amount::text, l.price_commodity,
        l.price_source, l.weight::text, l.weight_commodity, l.memo, l.metadata, l.rounding) ORDER BY l."position")
      FROM unnest(p_lines) AS l)
  )::text, 'UTF8'));
END
$$;
--> statement-breakpoint
-- Fills the new tables and the seals from what is there. Row-level security would hide it from the owner.
ALTER TABLE ledger.journal_entries NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE ledger.lines NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE ledger.daily_totals NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE ledger.prices NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
UPDATE ledger.journal_entries e SET seal = ledger.seal(e, ARRAY(
  SELECT l FROM ledger.lines l WHERE l.book_id = e.book_id AND l.entry_id = e.id))
WHERE status <> 'draft';
--> statement-breakpoint
INSERT INTO ledger.account_balances (book_id, account_id, commodity, debit, credit)
SELECT book_id, account_id, commodity, sum(debit), sum(credit) FROM ledger.daily_totals GROUP BY 1, 2, 3;
--> statement-breakpoint
INSERT INTO ledger.price_versions (book_id, commodity, quote, date, version, recorded_xid, recorded_at, price, source)
SELECT book_id, commodity, quote, date, 1, '3', created_at, price, source FROM ledger.prices;
--> statement-breakpoint
SET CONSTRAINTS ALL IMMEDIATE;
--> statement-breakpoint
ALTER TABLE ledger.journal_entries FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE ledger.lines FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE ledger.daily_totals FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE ledger.prices FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "ledger"."journal_entries" ADD CONSTRAINT "journal_entries_seal_check" CHECK (("ledger"."journal_entries"."status" = 'draft') = ("ledger"."journal_entries"."seal" is null));
--> statement-breakpoint
DO $$
DECLARE
  book_table text;
BEGIN
  FOREACH book_table IN ARRAY ARRAY['account_balances', 'period_closes', 'price_versions'] LOOP
    EXECUTE format('ALTER TABLE ledger.%I ENABLE ROW LEVEL SECURITY', book_table);
    EXECUTE format('ALTER TABLE ledger.%I FORCE ROW LEVEL SECURITY', book_table);
    EXECUTE format(
      'CREATE POLICY book ON ledger.%I USING (book_id = nullif(current_setting(''footing.book_id'', true), '''')::uuid)',
      book_table);
  END LOOP;
END
$$;
--> statement-breakpoint
-- What is posted never changes, whoever asks: an entry may be marked as voided by the one that reverses it, and nothing else. The checks come
-- after the change, so that row-level security has spoken before; the statement is undone all the same.
CREATE FUNCTION ledger.refuse_change(p_entry_id uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'journal entry % is posted and never changes', p_entry_id
    USING ERRCODE = '23000', CONSTRAINT = 'posted_entries_never_change', SCHEMA = 'ledger';
END
$$;
--> statement-breakpoint
CREATE FUNCTION ledger.keep_entry() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  voided ledger.journal_entries;
BEGIN
  IF OLD.status = 'draft' AND (TG_OP = 'DELETE' OR NEW.status = 'draft') THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.status = 'posted' THEN
    voided := OLD;
    voided.status := 'voided';
    voided.voided_by_id := NEW.voided_by_id;
    IF NEW IS NOT DISTINCT FROM voided AND EXISTS (
      SELECT FROM ledger.journal_entries r
      WHERE r.book_id = OLD.book_id AND r.id = NEW.voided_by_id AND r.voids_id = OLD.id
    ) THEN
      RETURN NULL;
    END IF;
  END IF;
  PERFORM ledger.refuse_change(OLD.id);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION ledger.keep_line() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger.refuse_change(e.id) FROM ledger.journal_entries e
  WHERE e.status <> 'draft' AND ((e.book_id, e.id) = (OLD.book_id, OLD.entry_id)
    OR (TG_OP = 'UPDATE' AND (e.book_id, e.id) = (NEW.book_id, NEW.entry_id)));
  RETURN NULL;
END
$$;
--> statement-breakpoint
-- Lines come with their entry: none is added to one that another transaction posted.
CREATE FUNCTION ledger.keep_lines_together() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger.refuse_change(e.id) FROM (SELECT DISTINCT book_id, entry_id FROM added) AS l
  JOIN ledger.journal_entries e ON e.book_id = l.book_id AND e.id = l.entry_id
  WHERE e.status <> 'draft' AND e.recorded_xid <> pg_current_xact_id();
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION ledger.refuse_truncate() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ledger.% keeps what is posted and is never truncated', TG_TABLE_NAME
    USING ERRCODE = '23000', CONSTRAINT = 'posted_entries_never_change', SCHEMA = 'ledger';
END
$$;
--> statement-breakpoint
-- Versions of prices are added, and period closes reopened once: what was known stands on them. Compared as JSON, as
-- snapshots have no equality.
CREATE FUNCTION ledger.keep_history() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) = to_jsonb(OLD) OR (
    TG_TABLE_NAME = 'period_closes' AND to_jsonb(OLD) ->> 'reopened_at' IS NULL
    AND to_jsonb(NEW) - ARRAY(SELECT name FROM jsonb_object_keys(to_jsonb(NEW)) AS name WHERE name LIKE 'reopen%')
      = to_jsonb(OLD) - ARRAY(SELECT name FROM jsonb_object_keys(to_jsonb(OLD)) AS name WHERE name LIKE 'reopen%')
  )) THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'ledger.% keeps what was recorded', TG_TABLE_NAME
    USING ERRCODE = '23000', CONSTRAINT = 'history_never_changes', SCHEMA = 'ledger';
END
$$;
--> statement-breakpoint
CREATE TRIGGER price_versions_keep AFTER UPDATE OR DELETE ON ledger.price_versions
FOR EACH ROW EXECUTE FUNCTION ledger.keep_history();
--> statement-breakpoint
CREATE TRIGGER period_closes_keep AFTER UPDATE OR DELETE ON ledger.period_closes
FOR EACH ROW EXECUTE FUNCTION ledger.keep_history();
--> statement-breakpoint
CREATE TRIGGER journal_entries_keep_changed AFTER UPDATE ON ledger.journal_entries
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION ledger.keep_entry();
--> statement-breakpoint
CREATE TRIGGER journal_entries_keep_deleted AFTER DELETE ON ledger.journal_entries
FOR EACH ROW EXECUTE FUNCTION ledger.keep_entry();
--> statement-breakpoint
CREATE TRIGGER journal_entries_keep_truncated BEFORE TRUNCATE ON ledger.journal_entries
FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_truncate();
--> statement-breakpoint
CREATE TRIGGER lines_keep_changed AFTER UPDATE ON ledger.lines
FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION ledger.keep_line();
--> statement-breakpoint
CREATE TRIGGER lines_keep_deleted AFTER DELETE ON ledger.lines
FOR EACH ROW EXECUTE FUNCTION ledger.keep_line();
--> statement-breakpoint
CREATE TRIGGER lines_keep_added AFTER INSERT ON ledger.lines
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger.keep_lines_together();
--> statement-breakpoint
CREATE TRIGGER lines_keep_truncated BEFORE TRUNCATE ON ledger.lines
FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_truncate();
--> statement-breakpoint
-- A point of knowledge is a time, a snapshot, or both (both null: now). Known is what the snapshot saw as committed and what
-- says that it was recorded by that time.
CREATE FUNCTION ledger.was_known(p_recorded_at timestamptz, p_recorded_xid xid8, p_at timestamptz, p_snapshot pg_snapshot)
RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT (p_snapshot IS NULL OR pg_visible_in_snapshot(p_recorded_xid, p_snapshot))
    AND (p_at IS NULL OR p_recorded_at <= p_at)
$$;
--> statement-breakpoint
-- What was posted since a point of knowledge: none where that is now. Reads no more than that.
CREATE FUNCTION ledger.entries_unknown_at(p_book_id uuid, p_at timestamptz, p_snapshot pg_snapshot) RETURNS TABLE (id uuid)
LANGUAGE plpgsql STABLE ROWS 100 AS $$
BEGIN
  IF p_snapshot IS NOT NULL THEN
    -- What began later, and what was running: the oldest of these may be much older than the rest.
    RETURN QUERY
      SELECT e.id FROM ledger.journal_entries e
      WHERE e.book_id = p_book_id AND e.seal IS NOT NULL AND e.recorded_xid >= pg_snapshot_xmax(p_snapshot)
      UNION ALL
      SELECT of_running.id FROM pg_snapshot_xip(p_snapshot) AS running
      CROSS JOIN LATERAL (
        SELECT e.id FROM ledger.journal_entries e
        WHERE e.book_id = p_book_id AND e.seal IS NOT NULL AND e.recorded_xid = running OFFSET 0
      ) AS of_running;
  END IF;
  IF p_at IS NOT NULL THEN
    RETURN QUERY SELECT e.id FROM ledger.journal_entries e
      WHERE e.book_id = p_book_id AND e.seal IS NOT NULL AND e.recorded_at > p_at
        AND (p_snapshot IS NULL OR pg_visible_in_snapshot(e.recorded_xid, p_snapshot));
  END IF;
END
$$;
--> statement-breakpoint
-- What the transaction sees, its own changes included, as a snapshot that others can be compared with: its own id and
-- those that began before it and after the last that had ended are written out.
CREATE FUNCTION ledger.knowledge() RETURNS pg_snapshot
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  seen CONSTANT pg_snapshot := pg_current_snapshot();
  own CONSTANT numeric := pg_current_xact_id_if_assigned()::text::numeric;
  ended CONSTANT numeric := pg_snapshot_xmax(seen)::text::numeric;
BEGIN
  IF own IS NULL OR own < ended THEN
    RETURN seen;
  END IF;
  RETURN format('%s:%s:%s', pg_snapshot_xmin(seen), own + 1, (
    SELECT string_agg(running::text, ',' ORDER BY running) FROM (
      SELECT pg_snapshot_xip(seen)::text::numeric AS running
      UNION
      SELECT generate_series(ended, own - 1)
    ) AS others))::pg_snapshot;
END
$$;
--> statement-breakpoint
-- Whose transactions' ids these are: they count within a cluster of PostgreSQL, and a timeline of it. What a token of
-- another era saw cannot be told here.
CREATE FUNCTION ledger.era() RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT left(md5(s.system_identifier || ':' || c.timeline_id), 10) FROM pg_control_system() AS s, pg_control_checkpoint() AS c
$$;
--> statement-breakpoint
-- Posting holds the book's periods as they are until it ends; closing and reopening one waits for that, and posting for
-- them. A lock of the transaction's, on a number that stands for the book.
CREATE FUNCTION ledger.hold_periods(p_book_id uuid) RETURNS void
LANGUAGE sql VOLATILE AS $$
  SELECT pg_advisory_xact_lock_shared(hashtextextended('footing.periods:' || p_book_id, 0))
$$;
--> statement-breakpoint
CREATE FUNCTION ledger.lock_periods(p_book_id uuid) RETURNS void
LANGUAGE sql VOLATILE AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('footing.periods:' || p_book_id, 0))
$$;
--> statement-breakpoint
DROP FUNCTION ledger.post_entries(uuid, uuid, timestamptz, jsonb, jsonb);
--> statement-breakpoint
DROP FUNCTION ledger.judge_lines(uuid, jsonb);
--> statement-breakpoint
-- Which account each line means, and what keeps it from being recorded: every fault of every line. A draft's line has to
-- name an account; the rest is asked when it is posted. A closed period is a fault of an entry's first line.
--
-- p_lines: as ledger.record_entries takes them.
-- faults: [{entry_index, position, kinds: […], …}], null where there are none
-- resolved: [{entry_index, position, account_id, account_path}]
--
-- KEY SHARE is what the foreign key takes anyway; taken first, it makes posting and closing an account wait for
-- one another, and the account is read as the closing left it. Posting and deleting a commodity likewise.
CREATE FUNCTION ledger.judge_lines(p_book_id uuid, p_status text, p_lines jsonb, OUT faults jsonb, OUT resolved jsonb)
LANGUAGE plpgsql AS $$
DECLARE
  period_end CONSTANT date := (
    SELECT max(closed_through) FROM ledger.period_closes WHERE book_id = p_book_id AND reopened_at IS NULL);
BEGIN
  WITH line AS (
    SELECT * FROM jsonb_to_recordset(p_lines) AS l(
      entry_index integer, date date, "position" smallint, account_id uuid, account_path text, amount numeric, commodity text,
      places integer, price_commodity text, price_places integer, rounding boolean)
  ), account AS (
    SELECT a.id, a.path, a.active, a.opened_on, a.closed_on, a.commodities FROM ledger.accounts a
    WHERE a.book_id = p_book_id
      AND (a.id = ANY (ARRAY(SELECT DISTINCT account_id FROM line WHERE account_id IS NOT NULL))
        OR a.path = ANY (ARRAY(SELECT DISTINCT account_path FROM line WHERE account_path IS NOT NULL)))
    ORDER BY a.id FOR KEY SHARE
  ), commodity AS (
    SELECT c.code, c.places FROM ledger.commodities c
    WHERE c.book_id = p_book_id
      AND c.code = ANY (ARRAY(
        SELECT commodity FROM line WHERE places IS NULL
        UNION
        SELECT price_commodity FROM line WHERE price_commodity IS NOT NULL AND price_places IS NULL))
    ORDER BY c.code FOR KEY SHARE
  ), named AS (
    SELECT 'id:' || id AS name, account.* FROM account
    UNION ALL
    SELECT 'path:' || path, account.* FROM account
  ), judged AS (
    SELECT l.entry_index, l."position", a.id AS account_id, a.path AS account_path, l.commodity,
      l.price_commodity, coalesce(l.places, c.places) AS places, a.opened_on, a.closed_on, period_end AS closed_through,
      array_remove(ARRAY[
        CASE WHEN p_status <> 'draft' AND l."position" = 0 AND l.date <= period_end THEN 'period_locked' END,
        CASE
          WHEN a.id IS NULL THEN 'account_unknown'
          WHEN p_status = 'draft' THEN NULL
          WHEN NOT a.active THEN 'account_inactive'
          WHEN l.date < a.opened_on OR l.date > a.closed_on THEN 'account_not_open'
        END,
        CASE
          WHEN p_status = 'draft' THEN NULL
          WHEN NOT l.rounding AND scale(l.amount) > coalesce(l.places, c.places) THEN 'amount_too_precise'
          WHEN l.rounding AND l.amount >= power(10::numeric, -coalesce(l.places, c.places)) THEN 'rounding_too_large'
        END,
        CASE
          WHEN p_status = 'draft' THEN NULL
          WHEN coalesce(l.places, c.places) IS NULL THEN 'commodity_unknown'
          WHEN l.commodity <> ALL (a.commodities) THEN 'commodity_not_permitted'
        END,
        CASE
          WHEN p_status <> 'draft' AND l.price_commodity IS NOT NULL AND coalesce(l.price_places, pc.places) IS NULL
          THEN 'price_commodity_unknown'
        END
      ], NULL) AS kinds
    FROM line l
    LEFT JOIN named a ON a.name = coalesce('id:' || l.account_id, 'path:' || l.account_path)
    LEFT JOIN commodity c ON l.places IS NULL AND c.code = l.commodity
    LEFT JOIN commodity pc ON l.price_places IS NULL AND pc.code = l.price_commodity
  )
  SELECT
    jsonb_agg(to_jsonb(judged) ORDER BY entry_index, "position") FILTER (WHERE kinds <> '{}'),
    jsonb_agg(jsonb_build_object('entry_index', entry_index, 'position', "position", 'account_id', account_id,
      'account_path', account_path) ORDER BY entry_index, "position")
  INTO faults, resolved
  FROM judged;
END
$$;
--> statement-breakpoint
-- Adds posted lines to the balances and the daily totals. Both in the order of their keys: transactions that touch the
-- same rows take their locks in the same order.
--
-- p_entry_ids: in the order in which the entries count as posted.
-- Returns [{entry_id, account_id, commodity, balance}]: what each entry left on the accounts it touched, in the order of
-- entries and of their lines.
CREATE FUNCTION ledger.add_to_totals(p_book_id uuid, p_entry_ids uuid[], p_lines ledger.lines[]) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  balances jsonb;
BEGIN
  WITH kept AS (
    INSERT INTO ledger.account_balances AS b (book_id, account_id, commodity, debit, credit)
    SELECT p_book_id, l.account_id, l.commodity,
      coalesce(sum(l.amount) FILTER (WHERE l.side = 'debit'), 0), coalesce(sum(l.amount) FILTER (WHERE l.side = 'credit'), 0)
    FROM unnest(p_lines) AS l
    GROUP BY l.account_id, l.commodity
    ORDER BY l.account_id, l.commodity
    ON CONFLICT ON CONSTRAINT account_balances_pkey DO UPDATE SET
      debit = b.debit + excluded.debit,
      credit = b.credit + excluded.credit
    RETURNING account_id, commodity, debit - credit AS balance
  ), moved AS (
    SELECT o.at, min(l."position") AS first, l.entry_id, l.account_id, l.commodity,
      sum(CASE l.side WHEN 'debit' THEN l.amount ELSE -l.amount END) AS net
    FROM unnest(p_lines) AS l
    JOIN unnest(p_entry_ids) WITH ORDINALITY AS o(entry_id, at) ON o.entry_id = l.entry_id
    GROUP BY o.at, l.entry_id, l.account_id, l.commodity
  )
  SELECT jsonb_agg(jsonb_build_object('entry_id', entry_id, 'account_id', account_id, 'commodity', commodity,
    'balance', balance::text) ORDER BY at, first)
  INTO balances
  FROM (
    SELECT m.at, m.first, m.entry_id, m.account_id, m.commodity, k.balance
      - sum(m.net) OVER (PARTITION BY m.account_id, m.commodity)
      + sum(m.net) OVER (PARTITION BY m.account_id, m.commodity ORDER BY m.at) AS balance
    FROM moved m JOIN kept k ON k.account_id = m.account_id AND k.commodity = m.commodity
  ) AS after_each;

  INSERT INTO ledger.daily_totals AS t
    (book_id, account_id, commodity, weight_commodity, date, debit, credit, weight_debit, weight_credit)
  SELECT p_book_id, l.account_id, l.commodity, l.weight_commodity, l.date,
    coalesce(sum(l.amount) FILTER (WHERE l.side = 'debit'), 0), coalesce(sum(l.amount) FILTER (WHERE l.side = 'credit'), 0),
    coalesce(sum(l.weight) FILTER (WHERE l.side = 'debit'), 0), coalesce(sum(l.weight) FILTER (WHERE l.side = 'credit'), 0)
  FROM unnest(p_lines) AS l
  GROUP BY l.account_id, l.commodity, l.weight_commodity, l.date
  ORDER BY l.account_id, l.commodity, l.weight_commodity, l.date
  ON CONFLICT ON CONSTRAINT daily_totals_pkey DO UPDATE SET
    debit = t.debit + excluded.debit,
    credit = t.credit + excluded.credit,
    weight_debit = t.weight_debit + excluded.weight_debit,
    weight_credit = t.weight_credit + excluded.weight_credit;
  RETURN balances;
END
$$;
--> statement-breakpoint
-- Records entries, as drafts or posted, in one round trip and by sets, however many there are.
--
-- p_status: 'draft' or 'posted', of all of them.
-- p_recording: {recorded_by, recorded_key_id, recorded_at, request_id, trace_id}
-- p_entries: [{id, date, memo, payee, tags, links, metadata, source, closing, voids_id, void_reason, created_by, created_at}],
--   in the order in which they count as posted
-- p_lines: [{entry_index, entry_id, date, position, account_id | account_path, side, amount, commodity, price_amount,
--            price_commodity, price_source, weight, weight_commodity, places, price_places, memo, metadata, rounding}]
--   places, price_places: what ISO 4217 gives either commodity, null where the book's own commodities decide.
--
-- Returns {faults: […]} as ledger.judge_lines finds them and writes nothing where a line cannot be recorded, otherwise
-- {lines: [{entry_index, position, account_id, account_path}], balances: […] as ledger.add_to_totals, null for drafts}.
CREATE FUNCTION ledger.record_entries(p_book_id uuid, p_status text, p_recording jsonb, p_entries jsonb, p_lines jsonb)
RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  resolved jsonb;
  faults jsonb;
  new_lines ledger.lines[];
  balances jsonb;
BEGIN
  IF p_status <> 'draft' THEN
    PERFORM ledger.hold_periods(p_book_id);
  END IF;
  SELECT judged.faults, judged.resolved INTO faults, resolved FROM ledger.judge_lines(p_book_id, p_status, p_lines) AS judged;
  IF faults IS NOT NULL THEN
    RETURN jsonb_build_object('faults', faults);
  END IF;

  new_lines := ARRAY(
    SELECT ROW(p_book_id, l.entry_id, l."position", r.account_id, l.date, l.side, l.amount, l.commodity, l.price_amount,
      l.price_commodity, l.weight, l.weight_commodity, l.memo, l.metadata, l.rounding, l.price_source)::ledger.lines
    FROM jsonb_to_recordset(p_lines) AS l(
      entry_index integer, entry_id uuid, date date, "position" smallint, side text, amount numeric, commodity text,
      price_amount numeric, price_commodity text, price_source text, weight numeric, weight_commodity text, memo text,
      metadata jsonb, rounding boolean)
    JOIN jsonb_to_recordset(resolved) AS r(entry_index integer, "position" smallint, account_id uuid)
      ON r.entry_index = l.entry_index AND r."position" = l."position");

  WITH line AS (
    SELECT l.entry_id, array_agg(l::ledger.lines) AS lines FROM unnest(new_lines) AS l GROUP BY l.entry_id
  ), entry AS MATERIALIZED (
    SELECT jsonb_populate_record(NULL::ledger.journal_entries, p_recording || given.value || jsonb_build_object(
      'book_id', p_book_id, 'status', p_status, 'recorded_xid', pg_current_xact_id()::text)) AS e
    FROM jsonb_array_elements(p_entries) AS given
  )
  INSERT INTO ledger.journal_entries
    (book_id, id, status, date, memo, payee, tags, links, metadata, source, closing, voids_id, void_reason, created_by,
     created_at, recorded_by, recorded_key_id, recorded_at, recorded_xid, request_id, trace_id, seal)
  SELECT (e).book_id, (e).id, (e).status, (e).date, (e).memo, (e).payee, (e).tags, (e).links, (e).metadata, (e).source,
    (e).closing, (e).voids_id, (e).void_reason, (e).created_by, (e).created_at, (e).recorded_by, (e).recorded_key_id,
    (e).recorded_at, (e).recorded_xid, (e).request_id, (e).trace_id,
    CASE WHEN p_status <> 'draft' THEN ledger.seal(e, line.lines) END
  FROM entry LEFT JOIN line ON line.entry_id = (e).id;

  INSERT INTO ledger.lines SELECT (l).* FROM unnest(new_lines) AS l;

  IF p_status <> 'draft' THEN
    balances := ledger.add_to_totals(p_book_id,
      ARRAY(SELECT (value ->> 'id')::uuid FROM jsonb_array_elements(p_entries) WITH ORDINALITY ORDER BY ordinality), new_lines);
  END IF;
  RETURN jsonb_build_object('lines', resolved, 'balances', balances);
END
$$;
