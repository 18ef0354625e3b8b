/** What metering's module provides beside what the runtime does, by explicit token. */

/** Parts: what duties and the ear stand on. */
export const PARTS = Symbol('PARTS');
