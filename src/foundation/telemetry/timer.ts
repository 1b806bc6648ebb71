/** A timer that does not keep a process alive, where the runtime knows such. */
export function startTimer(task: () => void, delayMs: number): ReturnType<typeof setTimeout> {
  return released(setTimeout(task, delayMs));
}

/** The same, again and again. */
export function startInterval(task: () => void, intervalMs: number): ReturnType<typeof setInterval> {
  return released(setInterval(task, intervalMs));
}

function released<T>(timer: T): T {
  if (typeof timer === "object" && timer !== null && "unref" in timer && typeof timer.unref === "function")
    timer.unref();
  return timer;
}
