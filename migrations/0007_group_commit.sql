-- What a line says under its entry's seal.
CREATE FUNCTION ledger.sealed_line(l ledger.lines) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_array(
    l."position", l.account_id, l.date, l.side, l.amount::text, l.commodity, l.price_amount::text, l.price_commodity,
    l.price_source, l.weight::text, l.weight_commodity, l.memo, l.metadata, l.rounding)
$$;
--> statement-breakpoint
-- The digest of 0004, of lines as sealed_line gives them, in their order. Pure expressions, which are planned into the
-- statement that asks: a call of its own for each entry was a tenth of what posting costs.
CREATE FUNCTION ledger.seal(e ledger.journal_entries, p_lines jsonb) RETURNS bytea
LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(jsonb_build_array(
    e.id, e.date, e.memo, e.payee, e.tags, e.links, e.metadata, e.source, e.closing, e.voids_id, e.void_reason, e.created_by,
    extract(epoch FROM e.created_at)::text, e.recorded_by, e.recorded_key_id, extract(epoch FROM e.recorded_at)::text,
    e.request_id, e.trace_id, p_lines)::text, 'UTF8'))
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION ledger.seal(e ledger.journal_entries, p_lines ledger.lines[]) RETURNS bytea
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN ledger.seal(e, (SELECT jsonb_agg(ledger.sealed_line(l) ORDER BY l."position") FROM unnest(p_lines) AS l));
END
$$;
--> statement-breakpoint
-- As in 0004, and entries are found one by one by their key, whatever is known of the tables: joined as sets, a plan made
-- early reads all there are.
CREATE OR REPLACE FUNCTION ledger.keep_lines_together() RETURNS trigger
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  PERFORM ledger.refuse_change(e.id) FROM (SELECT DISTINCT book_id, entry_id FROM added) AS l
  CROSS JOIN LATERAL (
    SELECT e.id, e.status, e.recorded_xid FROM ledger.journal_entries e
    WHERE e.book_id = l.book_id AND e.id = l.entry_id OFFSET 0
  ) AS e
  WHERE e.status <> 'draft' AND e.recorded_xid <> pg_current_xact_id();
  RETURN NULL;
END
$$;
--> statement-breakpoint
-- Lines that come in their entry's own statement (they share xmin and cmin with it) are judged by that entry's check at
-- COMMIT, which sees them all. Lines of another statement have the check run again, for which an update that changes
-- nothing is enough. So balancing is checked once an entry, and not once a line.
CREATE FUNCTION ledger.check_lines_added() RETURNS trigger
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (SELECT book_id, entry_id, min("position") AS first FROM added GROUP BY book_id, entry_id) AS l
    CROSS JOIN LATERAL (
      SELECT e.xmin, e.cmin FROM ledger.journal_entries e
      WHERE e.book_id = l.book_id AND e.id = l.entry_id AND e.status <> 'draft' OFFSET 0
    ) AS e
    CROSS JOIN LATERAL (
      SELECT own.xmin, own.cmin FROM ledger.lines own
      WHERE own.book_id = l.book_id AND own.entry_id = l.entry_id AND own."position" = l.first OFFSET 0
    ) AS own
    WHERE NOT (own.xmin = e.xmin AND own.cmin = e.cmin)
  ) THEN
    UPDATE ledger.journal_entries e SET status = e.status
    WHERE (e.book_id, e.id) IN (SELECT book_id, entry_id FROM added) AND e.status <> 'draft';
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER lines_balance_added AFTER INSERT ON ledger.lines
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_lines_added();
--> statement-breakpoint
DROP TRIGGER lines_balance ON ledger.lines;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER lines_balance
AFTER UPDATE OR DELETE ON ledger.lines
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger.check_line();
--> statement-breakpoint
CREATE OR REPLACE FUNCTION ledger.check_line() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger.assert_entry_balances(OLD.book_id, OLD.entry_id);
  IF TG_OP = 'UPDATE' THEN
    PERFORM ledger.assert_entry_balances(NEW.book_id, NEW.entry_id);
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
DROP TRIGGER journal_entries_balance ON ledger.journal_entries;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER journal_entries_balance
AFTER INSERT OR UPDATE ON ledger.journal_entries
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status <> 'draft') EXECUTE FUNCTION ledger.check_entry();
--> statement-breakpoint
DROP FUNCTION ledger.record_entries(uuid, text, jsonb, jsonb, jsonb);
--> statement-breakpoint
DROP FUNCTION ledger.add_to_totals(uuid, uuid[], ledger.lines[]);
--> statement-breakpoint
DROP FUNCTION ledger.judge_lines(uuid, text, jsonb);
--> statement-breakpoint
-- Which account each line means, and what keeps it from being recorded: every fault of every line. A draft's line has to
-- name an account; the rest is asked when it is posted. A closed period is a fault of an entry's first line.
--
-- p_lines, p_account_ids, p_account_paths, p_commodities: as ledger.record_entries takes them.
-- faults: [{entry_index, position, kinds: […], …}], null where there are none
-- accounts: [{id, path}] of those that lines name
-- new_lines: the lines as they are stored, of those without a fault
--
-- KEY SHARE is what the foreign key takes anyway; taken first, it makes posting and closing an account wait for
-- one another, and the account is read as the closing left it. Posting and deleting a commodity likewise.
CREATE FUNCTION ledger.judge_lines(
  p_book_id uuid, p_status text, p_lines jsonb, p_account_ids uuid[], p_account_paths text[], p_commodities text[],
  OUT faults jsonb, OUT accounts jsonb, OUT new_lines ledger.lines[])
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  period_end CONSTANT date := (
    SELECT max(closed_through) FROM ledger.period_closes WHERE book_id = p_book_id AND reopened_at IS NULL);
  found_accounts ledger.accounts[];
  found_commodities ledger.commodities[];
BEGIN
  found_accounts := ARRAY(
    SELECT a FROM ledger.accounts a
    WHERE a.book_id = p_book_id AND (a.id = ANY (p_account_ids) OR a.path = ANY (p_account_paths))
    ORDER BY a.id FOR KEY SHARE);
  IF cardinality(p_commodities) > 0 THEN
    found_commodities := ARRAY(
      SELECT c FROM ledger.commodities c
      WHERE c.book_id = p_book_id AND c.code = ANY (p_commodities)
      ORDER BY c.code FOR KEY SHARE);
  END IF;
  WITH named AS (
    SELECT true AS by_id, a.id::text AS name, a.id, a.path, a.active, a.opened_on, a.closed_on, a.commodities FROM unnest(found_accounts) AS a
    WHERE a.id = ANY (p_account_ids)
    UNION ALL
    SELECT false, a.path, a.id, a.path, a.active, a.opened_on, a.closed_on, a.commodities FROM unnest(found_accounts) AS a
    WHERE a.path = ANY (p_account_paths)
  ), judged AS (
    SELECT l.*, a.id AS found_id, a.path AS found_path, coalesce(l.places, c.places) AS known_places, a.opened_on, a.closed_on,
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
    FROM jsonb_to_recordset(p_lines) AS l(
      entry_index integer, entry_id uuid, date date, "position" smallint, account_id uuid, account_path text, side text,
      amount numeric, commodity text, places integer, price_amount numeric, price_commodity text, price_source text,
      price_places integer, weight numeric, weight_commodity text, memo text, metadata jsonb, rounding boolean)
    LEFT JOIN named a ON a.name = coalesce(l.account_id::text, l.account_path) AND a.by_id = (l.account_id IS NOT NULL)
    LEFT JOIN unnest(found_commodities) AS c ON l.places IS NULL AND c.code = l.commodity
    LEFT JOIN unnest(found_commodities) AS pc ON l.price_places IS NULL AND pc.code = l.price_commodity
  )
  SELECT
    jsonb_agg(jsonb_build_object('entry_index', entry_index, 'entry_id', entry_id, 'position', "position",
      'account_path', found_path, 'commodity', commodity, 'price_commodity', price_commodity, 'places', known_places,
      'opened_on', opened_on, 'closed_on', closed_on, 'closed_through', period_end, 'kinds', kinds)
      ORDER BY entry_index, "position") FILTER (WHERE kinds <> '{}'),
    array_agg(ROW(p_book_id, entry_id, "position", found_id, date, side, amount, commodity, price_amount, price_commodity, weight,
      weight_commodity, memo, metadata, rounding, price_source)::ledger.lines) FILTER (WHERE kinds = '{}')
  INTO faults, new_lines
  FROM judged;
  accounts := (SELECT jsonb_agg(jsonb_build_object('id', a.id, 'path', a.path)) FROM unnest(found_accounts) AS a);
END
$$;
--> statement-breakpoint
-- Adds posted lines to the balances and the daily totals. Both in the order of their keys: transactions that touch the
-- same rows take their locks in the same order.
--
-- Returns [{account_id, commodity, balance}]: what all of them together left on the accounts that they touched.
CREATE FUNCTION ledger.add_to_totals(p_book_id uuid, p_lines ledger.lines[]) RETURNS jsonb
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
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
  )
  SELECT jsonb_agg(jsonb_build_object('account_id', account_id, 'commodity', commodity, 'balance', balance::text))
  INTO balances
  FROM kept;

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
-- Records entries, as drafts or posted, in one round trip and by sets, however many there are and whoever recorded each.
--
-- p_status: 'draft' or 'posted', of all of them.
-- p_apart: whether an entry that cannot be recorded leaves the others alone; otherwise it is all or none.
-- p_entries: [{id, date, memo, payee, tags, links, metadata, source, closing, voids_id, void_reason, created_by, created_at,
--              recorded_by, recorded_key_id, recorded_at, request_id, trace_id}]
-- p_lines: [{entry_index, entry_id, date, position, account_id | account_path, side, amount, commodity, price_amount,
--            price_commodity, price_source, weight, weight_commodity, places, price_places, memo, metadata, rounding}]
--   places, price_places: what ISO 4217 gives either commodity, null where the book's own commodities decide.
-- p_account_ids, p_account_paths: the accounts that lines name by either; p_commodities: those that the book decides.
--
-- Returns {faults: […] as ledger.judge_lines finds them, accounts: [{id, path}], balances: […] as ledger.add_to_totals},
-- faults and balances null where there are none. What has faults is not recorded, and without p_apart nothing is.
CREATE FUNCTION ledger.record_entries(
  p_book_id uuid, p_status text, p_apart boolean, p_entries jsonb, p_lines jsonb, p_account_ids uuid[], p_account_paths text[],
  p_commodities text[])
RETURNS jsonb
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  faults jsonb;
  accounts jsonb;
  new_lines ledger.lines[];
  left_out uuid[];
  balances jsonb;
BEGIN
  IF p_status <> 'draft' THEN
    PERFORM ledger.hold_periods(p_book_id);
  END IF;
  SELECT judged.faults, judged.accounts, judged.new_lines INTO faults, accounts, new_lines
  FROM ledger.judge_lines(p_book_id, p_status, p_lines, p_account_ids, p_account_paths, p_commodities) AS judged;
  IF faults IS NOT NULL THEN
    IF NOT p_apart THEN
      RETURN jsonb_build_object('faults', faults);
    END IF;
    left_out := ARRAY(SELECT DISTINCT (fault ->> 'entry_id')::uuid FROM jsonb_array_elements(faults) AS fault);
    new_lines := ARRAY(SELECT l FROM unnest(new_lines) AS l WHERE l.entry_id <> ALL (left_out));
    IF cardinality(new_lines) = 0 THEN
      RETURN jsonb_build_object('faults', faults);
    END IF;
  END IF;

  WITH line AS (
    SELECT l.entry_id, jsonb_agg(ledger.sealed_line(l) ORDER BY l."position") AS sealed FROM unnest(new_lines) AS l GROUP BY l.entry_id
  ), entry AS MATERIALIZED (
    SELECT ROW(p_book_id, given.id, p_status, given.date, given.memo, given.payee, given.tags, given.links, given.metadata,
      given.source, given.created_by, given.created_at, given.closing, given.voids_id, given.void_reason, NULL, given.recorded_by,
      given.recorded_key_id, given.recorded_at, pg_current_xact_id(), given.request_id, given.trace_id, NULL
    )::ledger.journal_entries AS e
    FROM jsonb_to_recordset(p_entries) AS given(
      id uuid, date date, memo text, payee text, tags text[], links text[], metadata jsonb, source text, closing boolean,
      voids_id uuid, void_reason text, created_by uuid, created_at timestamptz, recorded_by uuid, recorded_key_id uuid,
      recorded_at timestamptz, request_id text, trace_id text)
    WHERE left_out IS NULL OR given.id <> ALL (left_out)
  ), recorded AS (
    INSERT INTO ledger.journal_entries
      (book_id, id, status, date, memo, payee, tags, links, metadata, source, closing, voids_id, void_reason, created_by,
       created_at, recorded_by, recorded_key_id, recorded_at, recorded_xid, request_id, trace_id, seal)
    SELECT (e).book_id, (e).id, (e).status, (e).date, (e).memo, (e).payee, (e).tags, (e).links, (e).metadata, (e).source,
      (e).closing, (e).voids_id, (e).void_reason, (e).created_by, (e).created_at, (e).recorded_by, (e).recorded_key_id,
      (e).recorded_at, (e).recorded_xid, (e).request_id, (e).trace_id,
      CASE WHEN p_status <> 'draft' THEN ledger.seal(e, line.sealed) END
    FROM entry LEFT JOIN line ON line.entry_id = (e).id
  )
  INSERT INTO ledger.lines SELECT (l).* FROM unnest(new_lines) AS l;

  IF p_status <> 'draft' THEN
    balances := ledger.add_to_totals(p_book_id, new_lines);
  END IF;
  RETURN jsonb_build_object('faults', faults, 'accounts', accounts, 'balances', balances);
END
$$;
--> statement-breakpoint
-- identity.enter_book of several who share a transaction: whether it would let this one in.
CREATE FUNCTION identity.may_enter_book(p_user_id uuid, p_book_id uuid, p_role text, p_session_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF p_session_id IS NULL THEN
    PERFORM identity.enter_book(p_user_id, p_book_id, p_role);
  ELSE
    PERFORM identity.enter_book(p_user_id, p_book_id, p_role, p_session_id);
  END IF;
  RETURN true;
EXCEPTION
  WHEN SQLSTATE 'FT401' OR SQLSTATE 'FT403' OR SQLSTATE 'FT404' THEN
    RETURN false;
END
$$;
