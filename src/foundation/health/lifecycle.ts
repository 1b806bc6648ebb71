/** Where a process stands in its life: only a `ready` one wants requests. */
export type LifecycleState = "starting" | "ready" | "draining";

export interface Lifecycle {
  readonly state: LifecycleState;
  /** Forward only: what drains never becomes ready again. */
  enter(state: Exclude<LifecycleState, "starting">): void;
}

const order: readonly LifecycleState[] = ["starting", "ready", "draining"];

export function createLifecycle(): Lifecycle {
  let state: LifecycleState = "starting";
  return {
    get state() {
      return state;
    },
    enter(next) {
      if (order.indexOf(next) > order.indexOf(state)) state = next;
    },
  };
}
