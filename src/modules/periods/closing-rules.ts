import { type Amount, add, compare, type Decimal, parseAmount, subtract, ZERO } from "../../domain/decimal.ts";
import type { Side } from "../../domain/posting.ts";

/** What an income or expense account holds of a commodity at a period's end. */
export interface ResultBalance {
  readonly accountId: string;
  readonly commodity: string;
  /** The commodity's. */
  readonly places: number;
  /** Debits minus credits; not zero. */
  readonly balance: Decimal;
}

export interface ClosingLine {
  readonly account_id: string;
  readonly side: Side;
  readonly amount: Amount;
  readonly commodity: string;
  readonly rounding: boolean;
}

/** What is moved on an account in a commodity: debits minus credits. */
interface Move extends Omit<ResultBalance, "balance"> {
  readonly net: Decimal;
}

/** The largest amount of a line; a sum of lines may exceed it. */
const amountMax = "9".repeat(20) as Amount;

/**
 * The lines of the entries that bring result accounts to zero against retained earnings: of each entry at most
 * `linesMax`, which balance in each commodity by themselves. What is finer than a commodity's places gets a rounding
 * line of its own, on both sides.
 * @param balances - in the order in which they are to be closed, those of a commodity together
 * @param target - `linesMax`: 3 or more
 */
export function closingEntriesOf(
  balances: readonly ResultBalance[],
  { retainedEarningsId, linesMax }: { readonly retainedEarningsId: string; readonly linesMax: number },
): ClosingLine[][] {
  const entries: ClosingLine[][] = [];
  let moves: Move[] = [];
  let totals = new Map<string, Move>();
  const linesOf = (own: readonly Move[], against: ReadonlyMap<string, Move>) => [
    ...own.map(toLine),
    ...[...against.values()].flatMap((total) => partsOf({ ...total, net: negate(total.net) }).map(toLine)),
  ];
  for (const move of balances.flatMap((held) => partsOf({ ...held, net: negate(held.balance) }))) {
    const grown = addTo(totals, move, retainedEarningsId);
    if (linesOf([...moves, move], grown).length <= linesMax) {
      moves = [...moves, move];
      totals = grown;
      continue;
    }
    entries.push(linesOf(moves, totals));
    moves = [move];
    totals = addTo(new Map(), move, retainedEarningsId);
  }
  return moves.length === 0 ? entries : [...entries, linesOf(moves, totals)];
}

function addTo(totals: ReadonlyMap<string, Move>, move: Move, accountId: string): Map<string, Move> {
  const net = add(totals.get(move.commodity)?.net ?? ZERO, move.net);
  return new Map(totals).set(move.commodity, { ...move, accountId, net });
}

/** A move as moves that are a line each: as large as a line may be, whole in the commodity's places, or a remainder. */
function partsOf(move: Move): Move[] {
  const [whole = "0", fraction = ""] = magnitudeOf(move.net).split(".");
  const kept = fraction.slice(0, move.places);
  const rest = fraction.slice(move.places).replace(/0+$/, "");
  const nets: string[] = [];
  let left = (kept === "" ? whole : `${whole}.${kept}`) as Decimal;
  for (; compare(left, amountMax) > 0; left = subtract(left, amountMax)) nets.push(amountMax);
  if (/[1-9]/.test(left)) nets.push(left);
  if (rest !== "") nets.push(`0.${"0".repeat(move.places)}${rest}`);
  return nets.map((net) => ({ ...move, net: (move.net.startsWith("-") ? `-${net}` : net) as Decimal }));
}

function toLine({ accountId, commodity, places, net }: Move): ClosingLine {
  const amount = parseAmount(magnitudeOf(net));
  if (amount === null) throw new Error(`a closing line of ${net} is no amount`);
  const rounding = compare(amount, minorUnitOf(places)) < 0;
  return { account_id: accountId, side: net.startsWith("-") ? "credit" : "debit", amount, commodity, rounding };
}

function minorUnitOf(places: number): Amount {
  return (places === 0 ? "1" : `0.${"1".padStart(places, "0")}`) as Amount;
}

function negate(value: Decimal): Decimal {
  return subtract(ZERO, value);
}

function magnitudeOf(value: Decimal): Decimal {
  return value.replace("-", "") as Decimal;
}
