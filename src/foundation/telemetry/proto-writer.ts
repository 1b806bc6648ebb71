import type { HrTime } from "@opentelemetry/api";

const encoder = new TextEncoder();
/** Longer texts are encoded by the runtime: a call of it costs as much as some forty characters by hand. */
const byHandLengthMax = 48;
const bytesAtFirst = 65_536;
const uint32Span = 0x1_0000_0000;

/** Of a hexadecimal digit's character code, its value. */
const digitValues = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 0 : value;
});

/**
 * Writes protobuf in one pass. A nested message gets its length when it is complete; where that takes more than one byte,
 * what was written moves up.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtoWriter {
  #bytes = new Uint8Array(bytesAtFirst);
  #at = 0;

  /** What was written; the writer begins anew. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#at);
    this.#at = 0;
    return taken;
  }

  /** Begins a nested message; what it gives is for `end`. */
  begin(field: number): number {
    this.#tag(field, 2);
    this.#room(1);
    this.#at += 1;
    return this.#at;
  }

  end(start: number): void {
    const length = this.#at - start;
    if (length < 128) {
      this.#bytes[start - 1] = length;
      return;
    }
    const more = length < 16_384 ? 1 : length < 2_097_152 ? 2 : 3;
    this.#room(more);
    this.#bytes.copyWithin(start + more, start, this.#at);
    this.#at = start - 1;
    this.#varint(length);
    this.#at += length;
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  text(field: number, text: string): void {
    this.#tag(field, 2);
    if (text.length <= byHandLengthMax && this.#asciiByHand(text)) return;
    const bytes = encoder.encode(text);
    this.#varint(bytes.length);
    this.raw(bytes);
  }

  /** An id, of hexadecimal digits. */
  hex(field: number, digits: string): void {
    const length = digits.length >> 1;
    this.#tag(field, 2);
    this.#varint(length);
    this.#room(length);
    for (let index = 0; index < length; index += 1) {
      const high = digitValues[digits.charCodeAt(index * 2)] ?? 0;
      const low = digitValues[digits.charCodeAt(index * 2 + 1)] ?? 0;
      this.#bytes[this.#at + index] = high * 16 + low;
    }
    this.#at += length;
  }

  /** A whole number; a negative one as int64 has it. */
  integer(field: number, value: number): void {
    this.#tag(field, 0);
    this.#varint(value);
  }

  double(field: number, value: number): void {
    this.#tag(field, 1);
    this.#room(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, 5);
    this.#uint32(value);
  }

  /** Nanoseconds since 1970. */
  time(field: number, [seconds, nanoseconds]: HrTime): void {
    this.#tag(field, 1);
    // Exact without big integers: seconds × 10⁹ in two halves.
    const high = Math.floor(seconds / 65_536) * 1e9;
    const low = (high % 65_536) * 65_536 + (seconds % 65_536) * 1e9 + nanoseconds;
    this.#uint32(low % uint32Span);
    this.#uint32(Math.floor(high / 65_536) + Math.floor(low / uint32Span));
  }

  #asciiByHand(text: string): boolean {
    const { length } = text;
    this.#room(length + 1);
    const start = this.#at + 1;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 127) return false;
      this.#bytes[start + index] = code;
    }
    this.#bytes[this.#at] = length;
    this.#at = start + length;
    return true;
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #varint(value: number): void {
    this.#room(10);
    if (value < 0) {
      this.#negative(BigInt.asUintN(64, BigInt(value)));
      return;
    }
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.#at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#at++] = rest;
  }

  #negative(value: bigint): void {
    let rest = value;
    while (rest > 127n) {
      this.#bytes[this.#at++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#bytes[this.#at++] = Number(rest);
  }

  #uint32(value: number): void {
    this.#room(4);
    this.#bytes[this.#at++] = value & 255;
    this.#bytes[this.#at++] = (value >>> 8) & 255;
    this.#bytes[this.#at++] = (value >>> 16) & 255;
    this.#bytes[this.#at++] = (value >>> 24) & 255;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + bytes));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
