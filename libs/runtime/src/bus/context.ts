/** What a handler learns of a message beside its payload: `@Ctx() context: StoredContext`. */

/** Of a message that JetStream keeps: a fact or telemetry. */
export interface StoredContext {
  readonly subject: string;
  /** When the bus stored it, wall time in epoch ms. `clock.fromWall(busTimeMs)` gives the platform's time. */
  readonly busTimeMs: number;
  /** 1 on the first delivery. */
  readonly deliveries: number;
  /** Its place in the JetStream stream. */
  readonly sequence: number;
}

/** Of a message that nobody keeps: a tick or a hint. */
export interface CoreContext {
  readonly subject: string;
}
