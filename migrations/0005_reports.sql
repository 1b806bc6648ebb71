ALTER TABLE "ledger"."accounts" ADD COLUMN "cash_flow" text;--> statement-breakpoint
ALTER TABLE "ledger"."accounts" ADD CONSTRAINT "accounts_cash_flow_check" CHECK ("ledger"."accounts"."cash_flow" in ('cash', 'operating', 'investing', 'financing'));
--> statement-breakpoint
-- An entry's lines, found by their primary key whatever is known of the tables: what else is asked of them is asked after.
CREATE FUNCTION ledger.lines_of(p_book_id uuid, p_entry_id uuid) RETURNS SETOF ledger.lines
LANGUAGE sql STABLE ROWS 4 AS $$
  SELECT l.* FROM ledger.lines l WHERE l.book_id = p_book_id AND l.entry_id = p_entry_id OFFSET 0
$$;
--> statement-breakpoint
-- What accounts moved in a range of days (a null bound: every day), per commodity and weight commodity: the totals less
-- what was not known at a point of knowledge, and, where asked, less closing entries. Lines are read of those alone.
CREATE FUNCTION ledger.movements(
  p_book_id uuid, p_since date, p_as_of date, p_at timestamptz, p_snapshot pg_snapshot, p_without_closing boolean
) RETURNS TABLE (account_id uuid, commodity text, weight_commodity text, debit numeric, credit numeric, weight_debit numeric,
  weight_credit numeric)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  since CONSTANT date := coalesce(p_since, '-infinity');
  as_of CONSTANT date := coalesce(p_as_of, 'infinity');
  left_out uuid[] := ARRAY(SELECT unknown.id FROM ledger.entries_unknown_at(p_book_id, p_at, p_snapshot) AS unknown);
BEGIN
  IF p_without_closing THEN
    left_out := ARRAY(
      SELECT unnest(left_out)
      UNION
      SELECT e.id FROM ledger.journal_entries e
      WHERE e.book_id = p_book_id AND e.closing AND e.seal IS NOT NULL AND e.date BETWEEN since AND as_of);
  END IF;
  RETURN QUERY
  SELECT m.account_id, m.commodity, m.weight_commodity, sum(m.debit), sum(m.credit), sum(m.weight_debit), sum(m.weight_credit)
  FROM (
    SELECT t.account_id, t.commodity, t.weight_commodity, t.debit, t.credit, t.weight_debit, t.weight_credit
    FROM ledger.daily_totals t
    WHERE t.book_id = p_book_id AND t.date BETWEEN since AND as_of
    UNION ALL
    SELECT l.account_id, l.commodity, l.weight_commodity,
      CASE l.side WHEN 'debit' THEN -l.amount ELSE 0 END, CASE l.side WHEN 'credit' THEN -l.amount ELSE 0 END,
      CASE l.side WHEN 'debit' THEN -l.weight ELSE 0 END, CASE l.side WHEN 'credit' THEN -l.weight ELSE 0 END
    FROM unnest(left_out) AS entry(id)
    CROSS JOIN LATERAL ledger.lines_of(p_book_id, entry.id) AS l
    WHERE l.date BETWEEN since AND as_of
  ) AS m
  GROUP BY m.account_id, m.commodity, m.weight_commodity
  HAVING sum(m.debit) <> 0 OR sum(m.credit) <> 0;
END
$$;
