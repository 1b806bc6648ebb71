import { type Row, rawRowOf, type Store } from "./store.ts";

/** The message of the error that a stream ends with when it is cut. */
export const CUT = "cut";

interface Tail {
  readonly isMatch: (read: (key: string) => unknown) => boolean;
  readonly startMs: number;
  readonly store: Store;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  readonly sent: Set<Row>;
}

/** SigNoz's streams of log lines: what comes in goes out at once, the newest of a batch first. */
export class LiveTails {
  readonly #open = new Set<Tail>();

  open(options: Omit<Tail, "controller" | "sent">): Response {
    let opened: Tail | null = null;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        opened = { ...options, controller, sent: new Set() };
        this.#open.add(opened);
        controller.enqueue(new TextEncoder().encode(": open\n\n"));
        this.send();
      },
      cancel: () => {
        if (opened !== null) this.#open.delete(opened);
      },
    });
    return new Response(stream, { headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" } });
  }

  send(): void {
    for (const { isMatch, startMs, store, controller, sent } of this.#open) {
      const rows = store
        .all("logs")
        .filter((row) => row.timeNs >= BigInt(startMs) * 1_000_000n && !sent.has(row))
        .filter(({ fields }) => isMatch((key) => fields.get(key)));
      for (const row of rows.toReversed()) {
        sent.add(row);
        controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(rawRowOf(row))}\n\n\n`));
      }
    }
  }

  cut(): void {
    for (const { controller } of this.#open) controller.error(new Error(CUT));
    this.#open.clear();
  }
}
