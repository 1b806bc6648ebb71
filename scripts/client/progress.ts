/** Where progress is shown: the standard error stream. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** Shows progress: one line that updates itself on a terminal, else a line now and then. */
export class ProgressLine {
  readonly #stream: ProgressStream;
  #isOpen = false;

  constructor(stream: ProgressStream) {
    this.#stream = stream;
  }

  /** Tells that `done` of `total` are through. Off a terminal only every fiftieth and the last are told. */
  update(step: string, done: number, total: number): void {
    const text = `${step} ${done}/${total}`;
    if (this.#stream.isTTY) {
      this.#stream.write(`\r\u001b[K${text}`);
      this.#isOpen = true;
      if (done === total) this.end();
    } else if (done === total || done % 50 === 0) this.#stream.write(`${text}\n`);
  }

  /** Tells something in a line of its own. */
  say(text: string): void {
    this.end();
    this.#stream.write(`${text}\n`);
  }

  /** Leaves what is shown standing. */
  end(): void {
    if (this.#isOpen) this.#stream.write("\n");
    this.#isOpen = false;
  }
}
