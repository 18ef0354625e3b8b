/** What RuntimeModule provides, by explicit token: `@Inject(STORE) private readonly store: EventStore`. */

/** Clock: the platform's time. */
export const CLOCK = Symbol('CLOCK');
/** Ids: fresh UUIDv7s. */
export const IDS = Symbol('IDS');
/** EventStore: the truth. */
export const STORE = Symbol('STORE');
/** Whatever `options.handle` made: the service's own, typed way to append. */
export const HANDLE = Symbol('HANDLE');
/** Bus: publish, and key-value buckets. */
export const BUS = Symbol('BUS');
/** Kysely over the service's schema: its own tables and RuntimeTables. */
export const DATABASE = Symbol('DATABASE');
/** DutyQueue: schedule or cancel outside of a fact. */
export const DUTIES = Symbol('DUTIES');
/** DutyHandlers: provided BY the service's module, run by the runtime. */
export const DUTY_HANDLERS = Symbol('DUTY_HANDLERS');
/** FactFollower: for read-your-writes (`take(envelope, 'own')`) and rebuilds. */
export const FOLLOWER = Symbol('FOLLOWER');
/** Pino Logger. */
export const LOG = Symbol('LOG');
/** Signals: counters and alarms. */
export const SIGNALS = Symbol('SIGNALS');
/** The parsed configuration. */
export const CONFIG = Symbol('CONFIG');
