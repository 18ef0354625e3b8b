/** What preemption's module provides to its own. */

/** Parts: what its duties and its hearing stand on. */
export const PARTS = Symbol('PARTS');
