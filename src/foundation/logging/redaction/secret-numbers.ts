const cardForm = /(?:[2-6]\d{12,18}|[2-6]\d{3}([ -])\d{4}\1\d{4}\1\d{1,7}|3\d{3}([ -])\d{6}\2\d{4,5})(?!\w)/y;
const ibanForm = /[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?/y;
const ibanLengthMin = 15;

/** Where a payment card's number that begins at a place ends: 13 to 19 digits with a right check digit. Or null. */
export function findCardEnd(text: string, start: number): number | null {
  cardForm.lastIndex = start;
  const found = cardForm.exec(text)?.[0];
  return found !== undefined && passesLuhn(found) ? start + found.length : null;
}

/** @see https://www.iso.org/standard/70484.html ISO/IEC 7812-1, annex B */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  let doubled = false;
  for (let index = digits.length - 1; index >= 0; index -= 1) {
    const digit = digits.charCodeAt(index) - 48;
    if (digit < 0) continue;
    const weighed = doubled ? digit * 2 : digit;
    sum += weighed > 9 ? weighed - 9 : weighed;
    doubled = !doubled;
  }
  return sum % 10 === 0;
}

/** Where an IBAN in capitals that begins at a place ends, in one piece or in groups of four. Or null. */
export function findIbanEnd(text: string, start: number): number | null {
  ibanForm.lastIndex = start;
  let found = ibanForm.exec(text)?.[0] ?? "";
  while (found !== "") {
    const next = text.charAt(start + found.length);
    if (!/\w/.test(next) && passesMod97(found.replaceAll(" ", ""))) return start + found.length;
    // A word in capitals behind the number looks like one more group.
    found = found.slice(0, Math.max(0, found.lastIndexOf(" ")));
  }
  return null;
}

/** @see https://www.iso.org/standard/81090.html ISO 13616-1 */
function passesMod97(iban: string): boolean {
  if (iban.length < ibanLengthMin) return false;
  let rest = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
