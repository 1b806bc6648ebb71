-- PostgreSQL plans without statistics while a table is new, when every index of it costs the same, and of equals it takes
-- the newest: the primary keys, by which each line finds its entry, have to be made after the other indexes. Otherwise
-- plans that are kept from the first postings read the whole book for each line.
ALTER TABLE ledger.lines DROP CONSTRAINT lines_entry_fkey;
--> statement-breakpoint
ALTER TABLE ledger.journal_entries
  DROP CONSTRAINT journal_entries_pkey,
  ADD CONSTRAINT journal_entries_pkey PRIMARY KEY (book_id, id);
--> statement-breakpoint
ALTER TABLE ledger.lines
  DROP CONSTRAINT lines_pkey,
  ADD CONSTRAINT lines_pkey PRIMARY KEY (book_id, entry_id, "position"),
  ADD CONSTRAINT lines_entry_fkey FOREIGN KEY (book_id, entry_id) REFERENCES ledger.journal_entries (book_id, id)
    ON DELETE CASCADE;
--> statement-breakpoint
-- The wall between books. FORCE binds the tables' owner as well; only a superuser or BYPASSRLS passes.
DO $$
DECLARE
  book_table text;
BEGIN
  FOREACH book_table IN ARRAY ARRAY['accounts', 'commodities', 'prices', 'journal_entries', 'lines', 'daily_totals'] LOOP
    EXECUTE format('ALTER TABLE ledger.%I ENABLE ROW LEVEL SECURITY', book_table);
    EXECUTE format('ALTER TABLE ledger.%I FORCE ROW LEVEL SECURITY', book_table);
    EXECUTE format(
      'CREATE POLICY book ON ledger.%I USING (book_id = nullif(current_setting(''footing.book_id'', true), '''')::uuid)',
      book_table);
  END LOOP;
END
$$;
--> statement-breakpoint
-- Called as a transaction opens: refuses whoever is not a member of the book (FT404, as if it did not exist)
-- or whose role is too small (FT403).
CREATE FUNCTION identity.enter_book(p_user_id uuid, p_book_id uuid, p_role text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  ranks CONSTANT text[] := ARRAY['viewer', 'editor', 'owner'];
  held text;
BEGIN
  SELECT role INTO held FROM identity.memberships WHERE book_id = p_book_id AND user_id = p_user_id;
  IF held IS NULL THEN
    RAISE EXCEPTION 'no such book' USING ERRCODE = 'FT404';
  END IF;
  IF array_position(ranks, held) < array_position(ranks, p_role) THEN
    RAISE EXCEPTION 'role % is needed and % is held', p_role, held USING ERRCODE = 'FT403';
  END IF;
  RETURN held;
END
$$;
--> statement-breakpoint
-- The backstop under the program's own check, at COMMIT: a posted entry has two lines or more and balances exactly
-- per weight commodity, and its lines have its date.
CREATE FUNCTION ledger.assert_entry_balances(p_book_id uuid, p_entry_id uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM ledger.journal_entries e
  WHERE e.book_id = p_book_id AND e.id = p_entry_id AND e.status <> 'draft' AND (
    SELECT coalesce(sum(line_count), 0) < 2 OR bool_or(net <> 0) OR bool_or(misdated)
    FROM (
      SELECT count(*) AS line_count, sum(CASE side WHEN 'debit' THEN weight ELSE -weight END) AS net,
        bool_or(date <> e.date) AS misdated
      FROM ledger.lines
      WHERE book_id = p_book_id AND entry_id = p_entry_id
      GROUP BY weight_commodity
    ) AS by_commodity
  );
  IF FOUND THEN
    RAISE EXCEPTION 'journal entry % does not balance', p_entry_id
      USING ERRCODE = '23514', CONSTRAINT = 'journal_entries_balance', TABLE = 'journal_entries', SCHEMA = 'ledger';
  END IF;
END
$$;
--> statement-breakpoint
CREATE FUNCTION ledger.check_entry() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger.assert_entry_balances(NEW.book_id, NEW.id);
  RETURN NULL;
END
$$;
--> statement-breakpoint
-- Of the lines that one statement adds to an entry (they share xmin and cmin), the last one's check is enough: theirs all
-- come at the same time, each seeing them all. Without this the cost of an entry is the square of its lines.
CREATE FUNCTION ledger.check_line() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND EXISTS (
    SELECT FROM ledger.lines me
    JOIN ledger.lines l ON l.book_id = me.book_id AND l.entry_id = me.entry_id AND l."position" > me."position"
      AND l.xmin = me.xmin AND l.cmin = me.cmin
    WHERE me.book_id = NEW.book_id AND me.entry_id = NEW.entry_id AND me."position" = NEW."position"
  ) THEN
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    PERFORM ledger.assert_entry_balances(OLD.book_id, OLD.entry_id);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM ledger.assert_entry_balances(NEW.book_id, NEW.entry_id);
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER journal_entries_balance
AFTER INSERT OR UPDATE ON ledger.journal_entries
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger.check_entry();
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER lines_balance
AFTER INSERT OR UPDATE OR DELETE ON ledger.lines
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger.check_line();
--> statement-breakpoint
-- Which account each line means, and what keeps it from being posted: every fault of every line.
--
-- p_lines: as ledger.post_entries takes them.
-- faults: [{entry_index, position, kinds: […], …}], null where there are none
-- resolved: [{entry_index, position, account_id, account_path}]
--
-- KEY SHARE is what the foreign key takes anyway; taken first, it makes posting and closing an account wait for
-- one another, and the account is read as the closing left it. Posting and deleting a commodity likewise.
CREATE FUNCTION ledger.judge_lines(p_book_id uuid, p_lines jsonb, OUT faults jsonb, OUT resolved jsonb)
LANGUAGE plpgsql AS $$
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
      l.price_commodity, coalesce(l.places, c.places) AS places, a.opened_on, a.closed_on,
      array_remove(ARRAY[
        CASE
          WHEN a.id IS NULL THEN 'account_unknown'
          WHEN NOT a.active THEN 'account_inactive'
          WHEN l.date < a.opened_on OR l.date > a.closed_on THEN 'account_not_open'
        END,
        CASE
          WHEN NOT l.rounding AND scale(l.amount) > coalesce(l.places, c.places) THEN 'amount_too_precise'
          WHEN l.rounding AND l.amount >= power(10::numeric, -coalesce(l.places, c.places)) THEN 'rounding_too_large'
        END,
        CASE
          WHEN coalesce(l.places, c.places) IS NULL THEN 'commodity_unknown'
          WHEN l.commodity <> ALL (a.commodities) THEN 'commodity_not_permitted'
        END,
        CASE
          WHEN l.price_commodity IS NOT NULL AND coalesce(l.price_places, pc.places) IS NULL THEN 'price_commodity_unknown'
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
-- Posts entries and keeps the totals, in one round trip and by sets, however many there are.
--
-- p_entries: [{index, id, date, memo, payee, tags, links, metadata, source}]
-- p_lines: [{entry_index, entry_id, date, position, account_id | account_path, side, amount, commodity, price_amount,
--            price_commodity, weight, weight_commodity, places, price_places, memo, metadata, rounding}]
--   places, price_places: what ISO 4217 gives either commodity, null where the book's own commodities decide.
--
-- Returns {faults: […]} as ledger.judge_lines finds them and writes nothing where a line cannot be posted, otherwise
-- {lines: [{entry_index, position, account_id, account_path}]}.
CREATE FUNCTION ledger.post_entries(p_book_id uuid, p_user_id uuid, p_recorded_at timestamptz, p_entries jsonb, p_lines jsonb)
RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  resolved jsonb;
  faults jsonb;
BEGIN
  SELECT judged.faults, judged.resolved INTO faults, resolved FROM ledger.judge_lines(p_book_id, p_lines) AS judged;
  IF faults IS NOT NULL THEN
    RETURN jsonb_build_object('faults', faults);
  END IF;

  INSERT INTO ledger.journal_entries
    (book_id, id, status, date, memo, payee, tags, links, metadata, source, created_by, created_at, posted_at)
  SELECT p_book_id, e.id, 'posted', e.date, e.memo, e.payee, e.tags, e.links, e.metadata, e.source, p_user_id,
    p_recorded_at, p_recorded_at
  FROM jsonb_to_recordset(p_entries) AS e(
    id uuid, date date, memo text, payee text, tags text[], links text[], metadata jsonb, source text);

  INSERT INTO ledger.lines
    (book_id, entry_id, "position", account_id, date, side, amount, commodity, price_amount, price_commodity, weight,
     weight_commodity, memo, metadata, rounding)
  SELECT p_book_id, l.entry_id, l."position", r.account_id, l.date, l.side, l.amount, l.commodity, l.price_amount,
    l.price_commodity, l.weight, l.weight_commodity, l.memo, l.metadata, l.rounding
  FROM jsonb_to_recordset(p_lines) AS l(
    entry_index integer, entry_id uuid, date date, "position" smallint, side text, amount numeric, commodity text,
    price_amount numeric, price_commodity text, weight numeric, weight_commodity text, memo text, metadata jsonb,
    rounding boolean)
  JOIN jsonb_to_recordset(resolved) AS r(entry_index integer, "position" smallint, account_id uuid)
    ON r.entry_index = l.entry_index AND r."position" = l."position";

  -- In the order of the key: transactions that touch the same totals take their locks in the same order.
  INSERT INTO ledger.daily_totals AS t
    (book_id, account_id, commodity, weight_commodity, date, debit, credit, weight_debit, weight_credit)
  SELECT p_book_id, r.account_id, l.commodity, l.weight_commodity, l.date,
    coalesce(sum(l.amount) FILTER (WHERE l.side = 'debit'), 0), coalesce(sum(l.amount) FILTER (WHERE l.side = 'credit'), 0),
    coalesce(sum(l.weight) FILTER (WHERE l.side = 'debit'), 0), coalesce(sum(l.weight) FILTER (WHERE l.side = 'credit'), 0)
  FROM jsonb_to_recordset(p_lines) AS l(
    entry_index integer, date date, "position" smallint, side text, amount numeric, commodity text, weight numeric,
    weight_commodity text)
  JOIN jsonb_to_recordset(resolved) AS r(entry_index integer, "position" smallint, account_id uuid)
    ON r.entry_index = l.entry_index AND r."position" = l."position"
  GROUP BY r.account_id, l.commodity, l.weight_commodity, l.date
  ORDER BY r.account_id, l.commodity, l.weight_commodity, l.date
  ON CONFLICT ON CONSTRAINT daily_totals_pkey DO UPDATE SET
    debit = t.debit + excluded.debit,
    credit = t.credit + excluded.credit,
    weight_debit = t.weight_debit + excluded.weight_debit,
    weight_credit = t.weight_credit + excluded.weight_credit;

  RETURN jsonb_build_object('lines', resolved);
END
$$;
